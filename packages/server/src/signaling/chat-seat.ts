import type { ChatMessage, ChatRole, ServerMessage } from '@bitbasel/protocol';
import { type ChatStanding, type Credential, chatStandingOf } from '../auth/credential.ts';
import { AppError } from '../errors.ts';
import type { ChatMember } from '../rooms/chat/chat-member.ts';
import type { Target } from '../rooms/chat/mutes.ts';
import { kick } from '../rooms/kick.ts';
import type { Room } from '../rooms/room.ts';
import { newPublicId } from '../rooms/session.ts';
import type { SignalingContext } from './signaling-context.ts';
import type { Outlet } from './signaling-peer.ts';

export interface ChatSeatOptions {
  readonly room: Room;
  readonly identity: string | null;
  /** As the client says; a token's name comes before it. */
  readonly name: string | null;
  readonly outlet: Outlet;
  /** Where no tokens are asked for: whether this peer is the host now. */
  isHost(): boolean;
  /** The tokens that it has shown by now, the latest last. */
  credentials(): readonly Credential[];
  kick(): void;
}

/** A signaling client's part in the chat of its room: what it may do there, and how it is told. */
export class ChatSeat implements ChatMember {
  readonly sessionId = newPublicId();
  readonly identity: string | null;
  readonly isProven: boolean;
  readonly name: string | null;
  readonly address: string;
  readonly #options: ChatSeatOptions;
  readonly #context: SignalingContext;
  /** It reads too slowly, and has not got what was said meanwhile. */
  #isBehind = false;

  constructor(options: ChatSeatOptions, context: SignalingContext) {
    const { identity, name, outlet } = options;
    const credential = options.credentials().at(-1);
    this.#options = options;
    this.#context = context;
    this.identity = identity;
    this.isProven = credential !== undefined && credential.subject !== null;
    this.name = credential?.name ?? name;
    this.address = outlet.address;
    options.room.chat.join(this);
  }

  get credentials(): readonly Credential[] {
    return this.#options.credentials();
  }

  get #standing(): ChatStanding | undefined {
    const latest = this.credentials.at(-1);
    return latest && chatStandingOf(latest);
  }

  get role(): ChatRole {
    return this.#standing?.role ?? (this.#options.isHost() ? 'host' : 'viewer');
  }

  get manages(): boolean {
    return this.#standing?.manages ?? false;
  }

  send(message: ServerMessage): void {
    this.#options.outlet.send(message);
  }

  deliver(frame: Buffer): void {
    const { outlet, room } = this.#options;
    if (this.#isBehind) this.#isBehind = !outlet.deliver(room.chat.historyFrame);
    if (!this.#isBehind) this.#isBehind = !outlet.deliver(frame);
  }

  kick(): void {
    this.#options.kick();
  }

  leave(): void {
    this.#options.room.chat.leave(this);
  }

  /** @throws AppError */
  say(text: string): ChatMessage {
    this.#context.rateLimits.consumeHere('chats', [this.#limitKey]);
    this.#context.rateLimits.consumeHere('chats_per_address', [this.address]);
    return this.#options.room.chat.say(this, text);
  }

  /** @throws AppError */
  react(emoji: string): void {
    this.#context.rateLimits.consumeHere('reactions', [this.#limitKey]);
    this.#options.room.chat.react(this, emoji);
  }

  /** @throws AppError moderators_only, chat_message_not_found */
  remove(messageId: string): void {
    this.#requireModerator();
    this.#options.room.chat.remove(messageId);
  }

  /** @throws AppError moderators_only */
  setMuted(target: Target, muted: boolean): void {
    this.#requireModerator();
    this.#requirePower(target);
    this.#options.room.chat.setMuted(target, muted);
  }

  /** @throws AppError moderators_only, session_not_found */
  kickOther(sessionId: string): void {
    this.#requireModerator();
    this.#requirePower({ sessionId });
    kick(this.#options.room, sessionId, this.#context.gatekeeper);
  }

  get #limitKey(): string {
    const { identity, isProven, sessionId } = this;
    return isProven ? `user ${identity}` : `session ${sessionId}`;
  }

  #requireModerator(): void {
    if (this.role === 'viewer') throw new AppError('moderators_only', 'Only hosts and moderators may do that.');
  }

  /** Hosts are moderated by those alone who manage the room. */
  #requirePower(target: Target): void {
    if (this.manages) return;
    const { room } = this.#options;
    const isHost =
      room.chat.find(target).some(({ role }) => role !== 'viewer') ||
      [...room.hostSessions].some(({ publicId, userId }) =>
        'identity' in target ? userId === target.identity : publicId === target.sessionId,
      );
    if (isHost) throw new AppError('moderators_only', 'Hosts and moderators are left to those who manage the room.');
  }
}
