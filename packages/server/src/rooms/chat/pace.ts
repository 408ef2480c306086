import { AppError } from '../../errors.ts';
import { type ChatMember, identityKey, sessionKey } from './chat-member.ts';

const mostKept = 10_000;

/** How fast a room may be talked in: by everybody together, and by each viewer. */
export class Pace {
  readonly #mostPerSecond: number;
  readonly #slowModeUs: number;
  /** When each viewer last spoke, the longest ago first. */
  readonly #spokeUs = new Map<string, number>();
  #secondEndsUs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(mostPerSecond: number, slowModeSeconds: number) {
    this.#mostPerSecond = mostPerSecond;
    this.#slowModeUs = slowModeSeconds * 1e6;
  }

  /** @throws AppError chat_slow_mode, chat_busy; then it does not count */
  take(member: ChatMember, nowUs: number): void {
    const isSlowed = this.#slowModeUs > 0 && member.role === 'viewer';
    if (isSlowed) this.#requirePause(keyOf(member), nowUs);
    if (nowUs >= this.#secondEndsUs) {
      this.#secondEndsUs = nowUs + 1e6;
      this.#count = 0;
    }
    if (this.#count >= this.#mostPerSecond)
      throw new AppError('chat_busy', `This room takes at most ${this.#mostPerSecond} messages a second.`, {
        retryAfterSeconds: 1,
      });
    this.#count += 1;
    if (isSlowed) this.#note(keyOf(member), nowUs);
  }

  #requirePause(key: string, nowUs: number): void {
    const waitUs = (this.#spokeUs.get(key) ?? Number.NEGATIVE_INFINITY) + this.#slowModeUs - nowUs;
    if (waitUs <= 0) return;
    const retryAfterSeconds = Math.ceil(waitUs / 1e6);
    const detail = `The room is in slow mode: one message in ${this.#slowModeUs / 1e6} s. Wait ${retryAfterSeconds} s.`;
    throw new AppError('chat_slow_mode', detail, { retryAfterSeconds });
  }

  #note(key: string, nowUs: number): void {
    this.#spokeUs.delete(key);
    this.#spokeUs.set(key, nowUs);
    for (const [oldest, spokeUs] of this.#spokeUs) {
      if (nowUs - spokeUs < this.#slowModeUs && this.#spokeUs.size <= mostKept) break;
      this.#spokeUs.delete(oldest);
    }
  }
}

function keyOf({ identity, sessionId }: ChatMember): string {
  return identity === null ? sessionKey(sessionId) : identityKey(identity);
}
