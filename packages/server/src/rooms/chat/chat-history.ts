import type { ChatMessage, ChatPerson } from '@bitbasel/protocol';
import { isoTime } from '../clock.ts';
import { frameOf } from './fan-out.ts';

/** Messages that scrolled off the history can still be removed from where they are shown. */
const mostRemovable = 1000;

/** The last messages of a room, and the names of some more. */
export class ChatHistory {
  readonly #limit: number;
  readonly #messages: ChatMessage[] = [];
  /** In order. */
  readonly #removable = new Set<string>();
  #frame: Buffer | undefined;
  #lastUs = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  /** A `chat-history` message, the same for everybody who comes before the next change. */
  get frame(): Buffer {
    this.#frame ??= frameOf({ type: 'chat-history', messages: [...this.#messages] });
    return this.#frame;
  }

  add(from: ChatPerson, text: string, nowUs: number): ChatMessage {
    this.#lastUs = Math.max(nowUs, this.#lastUs + 1);
    const id = `msg_${this.#lastUs.toString(16).padStart(14, '0')}`;
    const message = { id, from, text, sent_at: isoTime(nowUs) };
    this.#messages.push(message);
    if (this.#messages.length > this.#limit) this.#messages.shift();
    this.#removable.add(id);
    const [oldest] = this.#removable;
    if (this.#removable.size > mostRemovable && oldest !== undefined) this.#removable.delete(oldest);
    this.#frame = undefined;
    return message;
  }

  /** @returns false where there is none of that id */
  remove(id: string): boolean {
    if (!this.#removable.delete(id)) return false;
    const index = this.#messages.findIndex((message) => message.id === id);
    if (index >= 0) this.#messages.splice(index, 1);
    this.#frame = undefined;
    return true;
  }
}
