import type { ChatMessage, ChatPerson, RoomChatInfo } from '@bitbasel/protocol';
import type { Config } from '../../config/schema.ts';
import { AppError } from '../../errors.ts';
import type { Clock } from '../clock.ts';
import type { ChatRules } from '../room-settings.ts';
import { ChatHistory } from './chat-history.ts';
import { type ChatMember, personOf } from './chat-member.ts';
import type { FanOut } from './fan-out.ts';
import { isTarget, Mutes, type Target } from './mutes.ts';
import { Pace } from './pace.ts';
import { type Audience, Presence } from './presence.ts';
import { ReactionWindow } from './reaction-window.ts';
import { requireText } from './text.ts';

export interface RoomChatOptions {
  readonly roomId: string;
  readonly rules: ChatRules;
  readonly config: Config['chat'];
  readonly clock: Clock;
  readonly fanOut: FanOut;
  /** Asks for `tick` to be called from now on. */
  wake(): void;
  audience(): Audience;
  /** Told of every message. */
  onMessage(message: ChatMessage): void;
}

/** What is said in a room, by whom, and who is there to hear it. */
export class RoomChat {
  readonly rules: ChatRules;
  readonly maxCharacters: number;
  readonly #options: RoomChatOptions;
  readonly #members = new Set<ChatMember>();
  /** The same as an array, until somebody comes or goes: messages under way keep theirs. */
  #receivers: readonly ChatMember[] | undefined;
  readonly #history: ChatHistory;
  readonly #mutes = new Mutes();
  readonly #pace: Pace;
  readonly #reactions = new ReactionWindow();
  readonly #presence: Presence;
  /** Something in it may be other than it was told. */
  #isPresenceStale = false;

  constructor(options: RoomChatOptions) {
    const { rules, config } = options;
    this.#options = options;
    this.rules = rules;
    this.maxCharacters = config.max_characters;
    this.#history = new ChatHistory(config.history_messages);
    this.#pace = new Pace(config.room_messages_per_second, rules.slowModeSeconds);
    this.#presence = new Presence(config.presence_names);
  }

  get members(): readonly ChatMember[] {
    this.#receivers ??= [...this.#members];
    return this.#receivers;
  }

  get historyFrame(): Buffer {
    return this.#history.frame;
  }

  info(): RoomChatInfo {
    return {
      room_id: this.#options.roomId,
      enabled: this.rules.isEnabled,
      slow_mode_seconds: this.rules.slowModeSeconds,
      member_count: this.#members.size,
      messages: [...this.#history.messages],
    };
  }

  join(member: ChatMember): void {
    this.#members.add(member);
    this.#onMembers();
    member.send({
      type: 'chat-joined',
      ...personOf(member),
      session_id: member.sessionId,
      muted: this.#mutes.has(member),
      enabled: this.rules.isEnabled,
      max_characters: this.maxCharacters,
      slow_mode_seconds: this.rules.slowModeSeconds,
    });
    member.deliver(this.historyFrame);
    member.send(this.#presence.whole(this.members, this.#options.audience()));
  }

  /** Idempotent. */
  leave(member: ChatMember): void {
    if (!this.#members.delete(member)) return;
    if (this.#members.size === 0) this.#reactions.clear();
    this.#onMembers();
  }

  #onMembers(): void {
    this.#receivers = undefined;
    this.notePresence();
  }

  /** Viewers, hosts or members have come or gone. */
  notePresence(): void {
    this.#isPresenceStale = true;
    if (this.#members.size > 0) this.#options.wake();
  }

  /** @throws AppError chat_disabled, chat_muted, chat_text_refused, chat_slow_mode, chat_busy */
  say(member: ChatMember, text: string): ChatMessage {
    this.#requireVoice(member);
    requireText(text, this.maxCharacters);
    this.#requireRoom();
    this.#pace.take(member, this.#options.clock.nowUs());
    return this.#tell(personOf(member), text);
  }

  /** A message of the backend's. @throws AppError chat_disabled, chat_text_refused, chat_busy */
  announce(text: string, name: string | null): ChatMessage {
    this.#requireEnabled();
    requireText(text, this.maxCharacters);
    this.#requireRoom();
    return this.#tell({ session_id: null, identity: null, name, role: 'system' }, text);
  }

  #tell(from: ChatPerson, text: string): ChatMessage {
    const message = this.#history.add(from, text, this.#options.clock.nowUs());
    this.#options.fanOut.send({ type: 'chat', ...message }, this.members);
    this.#options.onMessage(message);
    return message;
  }

  /** @throws AppError chat_disabled, chat_muted, chat_emoji_refused, chat_busy */
  react(member: ChatMember, emoji: string): void {
    this.#requireVoice(member);
    this.#reactions.add(emoji);
    this.#options.wake();
  }

  /** @throws AppError chat_message_not_found */
  remove(messageId: string): void {
    if (!this.#history.remove(messageId))
      throw new AppError('chat_message_not_found', 'The room has no such message, or not any more.');
    this.#options.fanOut.send({ type: 'chat-removed', message_id: messageId }, this.members);
  }

  /** @param muted false: lets speak again */
  setMuted(target: Target, muted: boolean): void {
    const there = this.find(target);
    if (muted) this.#mutes.mute(target, there);
    else this.#mutes.unmute(target, there);
    const [first] = there;
    const identity = 'identity' in target ? target.identity : (first?.identity ?? null);
    const sessionId = 'sessionId' in target ? target.sessionId : null;
    const told = this.members.filter((member) => there.includes(member) || member.role !== 'viewer');
    this.#options.fanOut.send({ type: 'chat-muted', muted, identity, session_id: sessionId }, told);
  }

  find(target: Target): ChatMember[] {
    return this.members.filter((member) => isTarget(member, target));
  }

  #requireVoice(member: ChatMember): void {
    this.#requireEnabled();
    // Without tokens anybody may come in the name of the host: one that was muted must not silence it.
    const isHost = member.role === 'host' && !member.isProven;
    if (!isHost && this.#mutes.has(member)) throw new AppError('chat_muted', 'A moderator has muted you in this room.');
  }

  #requireEnabled(): void {
    if (!this.rules.isEnabled) throw new AppError('chat_disabled', 'This room has no chat.');
  }

  #requireRoom(): void {
    if (this.#options.fanOut.isBusy)
      throw new AppError('chat_busy', 'The server has more to tell than it can.', { retryAfterSeconds: 1 });
  }

  /** @returns whether it wants to be called again */
  tick(nowUs: number): boolean {
    if (this.#members.size === 0) return false;
    // Counts go on while they wait: nothing is lost, and nothing piles up.
    if (!this.#options.fanOut.isBusy) {
      const counts = this.#reactions.take(nowUs);
      if (counts !== undefined) this.#options.fanOut.send({ type: 'reaction', counts }, this.members);
      this.#tellPresence(nowUs);
    }
    return this.#isPresenceStale || !this.#reactions.isEmpty;
  }

  #tellPresence(nowUs: number): void {
    if (!this.#isPresenceStale || !this.#presence.isDue(nowUs)) return;
    this.#isPresenceStale = false;
    const changes = this.#presence.changes(this.members, this.#options.audience(), nowUs);
    if (changes !== undefined) this.#options.fanOut.send(changes, this.members);
  }
}
