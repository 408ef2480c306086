import { AppError } from '../../errors.ts';
import { requireEmoji } from './text.ts';

const windowUs = 500_000;
const mostEmoji = 32;

/** Counts reactions, so that a thousand hearts are one message. */
export class ReactionWindow {
  #counts = new Map<string, number>();
  #nextUs = Number.NEGATIVE_INFINITY;

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  /** @throws AppError chat_emoji_refused, chat_busy */
  add(text: string): void {
    const emoji = requireEmoji(text);
    const count = this.#counts.get(emoji) ?? 0;
    if (count === 0 && this.#counts.size >= mostEmoji)
      throw new AppError('chat_busy', `At most ${mostEmoji} different emoji are counted at a time.`, {
        retryAfterSeconds: 1,
      });
    this.#counts.set(emoji, count + 1);
  }

  clear(): void {
    this.#counts.clear();
  }

  /** The counts since the last time, at most once in a window; undefined where it is too soon, or there are none. */
  take(nowUs: number): Record<string, number> | undefined {
    if (this.isEmpty || nowUs < this.#nextUs) return undefined;
    this.#nextUs = nowUs + windowUs;
    const counts = Object.fromEntries(this.#counts);
    this.#counts = new Map();
    return counts;
  }
}
