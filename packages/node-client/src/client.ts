import type {
  ChatMessage,
  Health,
  IceServer,
  LegacyRoomStats,
  LivestreamSession,
  MediaEvent,
  Readiness,
  RoomChat,
  RoomHistoryDetail,
  RoomHistoryPage,
  RoomInfo,
  RoomQuality,
  ServerStats,
  Ticket,
} from '@bitbasel/protocol';
import type { Call } from './call.ts';
import * as calls from './calls.ts';
import { type CallOptions, changed, defaultOptions, type Options } from './options.ts';
import { run } from './run.ts';
import { streamEvents } from './stream-events.ts';
import { tokenFromEnvironment } from './token-from-environment.ts';

const defaultBaseUrl = 'http://localhost:8082';

/**
 * Calls one media server.
 *
 * Every call rejects with a `MediaServerError` when the server refuses it, and with `MediaServerUnavailable` when no
 * answer comes. A call that failed for the moment is repeated where that cannot do anything twice. Every call takes
 * options of its own as its last argument.
 */
export class MediaServerClient {
  readonly baseUrl: string;
  readonly #options: Options;

  /** @param baseUrl where the server is, for example `http://localhost:8082` */
  constructor(baseUrl: string = defaultBaseUrl, options: CallOptions = {}) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
    this.#options = changed(defaultOptions, options);
  }

  /** The same client with other options for some calls. */
  withOptions(options: CallOptions): MediaServerClient {
    return new MediaServerClient(this.baseUrl, changed(this.#options, options));
  }

  /** Whether the server is up. */
  health(options: CallOptions = {}): Promise<Health> {
    return this.#run(calls.health(), options);
  }

  /** Whether the server should be given new rooms, and what speaks against it. */
  readiness(options: CallOptions = {}): Promise<Readiness> {
    return this.#run(calls.readiness(), options);
  }

  /**
   * Creates the room of a post. The same post by the same user gives the same room again while it lives.
   * @returns its id
   */
  createRoom(postId: string, userId: string, options: CallOptions = {}): Promise<string> {
    return this.#run(calls.createRoom(postId, userId), options);
  }

  /** Creates a room under an id of your own. The same owner gets the same room again. */
  openRoom(roomId: string, options: calls.OpenRoom & CallOptions = {}): Promise<RoomInfo> {
    return this.#run(calls.openRoom(roomId, options), options);
  }

  /** The rooms that the token manages, oldest first. */
  listRooms(options: CallOptions = {}): Promise<RoomInfo[]> {
    return this.#run(calls.listRooms(), options);
  }

  /** A room: its hosts, viewers, settings, and what is wrong with its streams. */
  getRoom(roomId: string, options: CallOptions = {}): Promise<RoomInfo> {
    return this.#run(calls.getRoom(roomId), options);
  }

  /** Ends the room: its hosts and its viewers are disconnected. An unknown one is a 404. */
  stopRoom(roomId: string, options: CallOptions = {}): Promise<void> {
    return this.#run(calls.stopRoom(roomId), options);
  }

  /** Whether the room is live, and how many watch. */
  getRoomStats(roomId: string, options: CallOptions = {}): Promise<LegacyRoomStats> {
    return this.#run(calls.getRoomStats(roomId), options);
  }

  /** How every session of the room is doing now. */
  getRoomQuality(roomId: string, options: CallOptions = {}): Promise<RoomQuality> {
    return this.#run(calls.getRoomQuality(roomId), options);
  }

  /** Removes a session by its public id (`s_...`), and keeps out the token that it came with. */
  kick(roomId: string, sessionId: string, options: CallOptions = {}): Promise<void> {
    return this.#run(calls.kick(roomId, sessionId), options);
  }

  /** The last messages of the room's chat, and its rules. */
  getChat(roomId: string, options: CallOptions = {}): Promise<RoomChat> {
    return this.#run(calls.getChat(roomId), options);
  }

  /** Says something in the room's chat, as the backend. */
  say(
    roomId: string,
    text: string,
    options: CallOptions & { readonly name?: string | undefined } = {},
  ): Promise<ChatMessage> {
    return this.#run(calls.say(roomId, text, options.name), options);
  }

  /** Removes a message from the room's chat. */
  removeChatMessage(roomId: string, messageId: string, options: CallOptions = {}): Promise<void> {
    return this.#run(calls.removeChatMessage(roomId, messageId), options);
  }

  /** Rooms, peers and bytes of the whole server. */
  getStats(options: CallOptions = {}): Promise<ServerStats> {
    return this.#run(calls.getStats(), options);
  }

  /** The STUN and TURN servers that a peer may use, with fresh credentials. */
  getIceServers(options: CallOptions = {}): Promise<IceServer[]> {
    return this.#run(calls.getIceServers(), options);
  }

  /** Makes a ticket: it stands in for the token once, where only a URL can be given. */
  createTicket(options: CallOptions = {}): Promise<Ticket> {
    return this.#run(calls.createTicket(), options);
  }

  /** Makes the user's room and the host's session in it: with the host's offer the answer comes back, else an offer. */
  startLivestream(userId: string, options: calls.StartLivestream & CallOptions = {}): Promise<LivestreamSession> {
    return this.#run(calls.startLivestream(userId, options), options);
  }

  /** Hands in the host's answer to the offer of `startLivestream`. */
  answerLivestream(sessionId: string, sdp: string, options: CallOptions = {}): Promise<void> {
    return this.#run(calls.answerLivestream(sessionId, sdp), options);
  }

  /** Answers a viewer's offer to watch the room of this user. */
  joinLivestream(
    userId: string,
    sdp: string,
    options: CallOptions & { readonly viewerId?: string | undefined } = {},
  ): Promise<LivestreamSession> {
    return this.#run(calls.joinLivestream(userId, sdp, options.viewerId), options);
  }

  /**
   * Ends the room of this user, or this room.
   * @returns its id
   */
  endLivestream(which: calls.EndLivestream, options: CallOptions = {}): Promise<string> {
    return this.#run(calls.endLivestream(which), options);
  }

  /** Present and past rooms, newest first. */
  listRoomHistory(
    options: CallOptions & calls.Page & { readonly roomId?: string | undefined } = {},
  ): Promise<RoomHistoryPage> {
    return this.#run(calls.listRoomHistory(options.roomId, options), options);
  }

  /** One life of a room (the latest, unless `runId` names another) with its sessions. */
  getRoomHistory(
    roomId: string,
    options: CallOptions & calls.Page & { readonly runId?: string | undefined } = {},
  ): Promise<RoomHistoryDetail> {
    return this.#run(calls.getRoomHistory(roomId, options.runId, options), options);
  }

  /**
   * What happens, without end: `for await (const event of client.events())`.
   *
   * It begins after `lastEventId`, or with what happens from now on. A connection that is lost is opened again, and goes
   * on after the last event that came. A refusal is thrown. Breaking off the loop ends it, and `signal` does at any time.
   */
  events(
    options: CallOptions & { readonly roomId?: string | undefined; readonly lastEventId?: string | undefined } = {},
  ): AsyncGenerator<MediaEvent, void, undefined> {
    return streamEvents(this.baseUrl, options.roomId, options.lastEventId, changed(this.#options, options));
  }

  #run<Answer>(call: Call<Answer>, options: CallOptions): Promise<Answer> {
    return run(call, this.baseUrl, changed(this.#options, options));
  }
}

let shared: MediaServerClient | undefined;

/**
 * The process's one client, of the server named by `MEDIA_SERVER_URL`, default `http://localhost:8082`. Where that asks
 * for tokens, `MEDIA_SERVER_SECRET` is its secret (`auth.secret`), of which the client makes its own, or
 * `MEDIA_SERVER_TOKEN` a token.
 */
export function getMediaServerClient(): MediaServerClient {
  shared ??= new MediaServerClient(process.env.MEDIA_SERVER_URL || defaultBaseUrl, { token: tokenFromEnvironment() });
  return shared;
}
