import type { ChatMessage, ChatPerson, ClientMessage, ServerMessage } from '@bitbasel/protocol';
import { type Chat, ChatError, type ChatEvents, type ChatOptions, type ChatSeat, type ChatTarget } from './chat.ts';
import type { Negotiation } from './negotiation.ts';
import { TypedEventTarget } from './typed-event-target.ts';

type Of<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;
type ChatRequest = Extract<ClientMessage, { request_id?: string | undefined }>;
type WithoutId<Request> = Request extends ChatRequest ? Omit<Request, 'request_id'> : never;

/** A message that awaits its answer. */
interface Pending {
  resolve(messageId: string | undefined): void;
  reject(error: ChatError): void;
}

function lost(): ChatError {
  return new ChatError('signaling_lost', 'There is no connection to the server.', true);
}

/** The chat, and what its session tells it. */
export class SessionChat extends TypedEventTarget<ChatEvents> implements Chat {
  readonly #options: ChatOptions;
  readonly #post: (message: ClientMessage) => boolean;
  readonly #pending = new Map<string, Pending>();
  readonly #members = new Map<string | null, ChatPerson>();
  #isWanted: boolean;
  #seat: ChatSeat | undefined;
  #requests = 0;
  #lastId = '';

  /** @param post sends a message, and says whether there was a connection to send it over */
  constructor(options: ChatOptions, post: (message: ClientMessage) => boolean) {
    super();
    this.#options = options;
    this.#isWanted = options.chat ?? false;
    this.#post = post;
  }

  get me(): ChatSeat | undefined {
    return this.#seat;
  }

  async send(text: string): Promise<string> {
    return (await this.#ask({ type: 'chat', text })) ?? '';
  }

  react(emoji: string): void {
    this.#isWanted = true;
    this.#post({ type: 'reaction', emoji });
  }

  async mute(target: ChatTarget): Promise<void> {
    await this.#ask({ type: 'chat-mute', ...targetOf(target) });
  }

  async unmute(target: ChatTarget): Promise<void> {
    await this.#ask({ type: 'chat-unmute', ...targetOf(target) });
  }

  async remove(messageId: string): Promise<void> {
    await this.#ask({ type: 'chat-remove', message_id: messageId });
  }

  async kick(sessionId: string): Promise<void> {
    await this.#ask({ type: 'kick', session_id: sessionId });
  }

  #ask(request: WithoutId<ChatRequest>): Promise<string | undefined> {
    this.#isWanted = true;
    this.#requests += 1;
    const id = String(this.#requests);
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      if (!this.#post({ ...request, request_id: id })) this.#settle(id)?.reject(lost());
    });
  }

  #settle(id: string): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  /** A negotiation whose join asks for the chat, where that is wanted. */
  joining(negotiation: Negotiation): Negotiation {
    const { name } = this.#options;
    return {
      role: negotiation.role,
      join: async (peer) => {
        const join = await negotiation.join(peer);
        if (join.type !== 'join') return join;
        return { ...join, ...(this.#isWanted && { chat: true }), ...(name !== undefined && { name }) };
      },
      onWelcome: (peer, welcome) => negotiation.onWelcome(peer, welcome),
    };
  }

  /** The connection is gone, and with it what was not answered. */
  onLost(): void {
    this.#seat = undefined;
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(lost());
  }

  /** Every message that comes from the server. */
  receive(message: ServerMessage): void {
    switch (message.type) {
      case 'chat-joined':
        this.#seat = detailOf(message);
        this.emit('joined', this.#seat);
        break;
      case 'chat-history':
        this.#lastId = message.messages.at(-1)?.id ?? this.#lastId;
        this.emit('history', message.messages);
        break;
      case 'chat':
        this.#onChat(detailOf(message));
        break;
      case 'chat-removed':
        this.emit('removed', message.message_id);
        break;
      case 'chat-muted':
        this.emit('muted', detailOf(message));
        break;
      case 'reaction':
        this.emit('reaction', message.counts);
        break;
      case 'presence':
        this.#onPresence(message);
        break;
      case 'chat-ack':
        this.#settle(message.request_id)?.resolve(message.message_id);
        break;
      case 'error':
        this.#onError(message);
        break;
    }
  }

  /** One that the history had already, or a connection before this one, is not told twice. Ids sort. */
  #onChat(message: ChatMessage): void {
    if (message.id <= this.#lastId) return;
    this.#lastId = message.id;
    this.emit('chat', message);
  }

  #onPresence({ viewer_count, member_count, hosts, joined, left, is_complete }: Of<'presence'>): void {
    if (is_complete) this.#members.clear();
    for (const person of joined) this.#members.set(person.session_id, person);
    for (const id of left) this.#members.delete(id);
    const isKnown = this.#members.size === member_count;
    if (!isKnown) this.#members.clear();
    this.emit('presence', {
      viewerCount: viewer_count,
      memberCount: member_count,
      hosts,
      members: isKnown ? [...this.#members.values()] : null,
    });
  }

  #onError(message: Of<'error'>): void {
    if (message.in_reply_to === undefined) return;
    const { code, detail, retryable, retry_after_seconds } = message;
    const error = new ChatError(code, detail, retryable, retry_after_seconds);
    const pending = message.request_id === undefined ? undefined : this.#settle(message.request_id);
    if (pending === undefined) this.emit('error', error);
    else pending.reject(error);
  }
}

function detailOf<Message extends { type: string }>({ type: _, ...detail }: Message): Omit<Message, 'type'> {
  return detail;
}

function targetOf(target: ChatTarget): { identity: string } | { session_id: string } {
  return 'identity' in target ? { identity: target.identity } : { session_id: target.sessionId };
}
