import type {
  ClientMessage,
  HostInfo,
  LayerNotice,
  LayerWish,
  PeerNotice,
  ServerMessage,
  StreamWarning,
  WhepLayerInfo,
} from '@bitbasel/protocol';
import type { Access } from '../auth/access.ts';
import { errorNotes } from '../error-notes.ts';
import { AppError } from '../errors.ts';
import { type CloseReason, closeReasons } from '../rooms/close-reason.ts';
import { layerOptions } from '../rooms/layer-options.ts';
import { type VideoWish, wishOf } from '../rooms/layer-wish.ts';
import { acceptAnswer, answerOffer, makeOffer, type Negotiated } from '../rooms/negotiation.ts';
import type { EndReason, RoomListener } from '../rooms/room.ts';
import { grantOf, newSessionId, type Peer, type Role, type Session } from '../rooms/session.ts';
import { chatRefusals, replyTo } from './chat-replies.ts';
import { ChatSeat } from './chat-seat.ts';
import { HeldPlace } from './held-place.ts';
import { HostViews } from './host-views.ts';
import type { Place } from './place.ts';
import { ShownTokens } from './shown-tokens.ts';
import type { SignalingContext } from './signaling-context.ts';

/** The way back to the client; `close` takes a WebSocket close code. */
export interface Outlet {
  send(message: ServerMessage): void;
  /** For what can be done without: false where the client has too much unread, and did not get it. */
  deliver(frame: Buffer): boolean;
  close(code: number): void;
  /** As rate limits count it. */
  readonly address: string;
}

/** Reasons by which a session was ended on purpose; the others are failures that the client may try to mend. */
const orderlyReasons: readonly CloseReason[] = [
  'left',
  'kicked',
  'token_expired',
  'replaced',
  'room_ended',
  'shutdown',
];

/** They keep a client that has no place yet out of the room. */
const finalStatuses: readonly number[] = [404, 409, 503];

/** One client on `/signal/{room_id}`: which part it has in the room, and its media session, if there is one. */
export class SignalingPeer implements RoomListener {
  /** Of the signaling session and of every media session in it, one at a time. */
  readonly id = newSessionId();
  readonly #roomId: string;
  readonly #tokens: ShownTokens;
  readonly #context: SignalingContext;
  readonly #outlet: Outlet;
  #place: Place | undefined;
  #chat: ChatSeat | undefined;
  #held: HeldPlace | undefined;
  #session: Session | undefined;
  /** A viewer's offer, waiting for the host. */
  #keptOffer: string | undefined;
  #wantsOffer = false;
  readonly #hostViews = new HostViews();
  /** Of a viewer, for every media session. */
  #wish: VideoWish | undefined;

  constructor(roomId: string, access: Access | undefined, context: SignalingContext, outlet: Outlet) {
    this.#roomId = roomId;
    this.#tokens = new ShownTokens(roomId, access, context);
    this.#context = context;
    this.#outlet = outlet;
  }

  get role(): Role | undefined {
    return this.#place?.role;
  }

  get serverTimeMs(): number {
    return Math.round(this.#context.clock.nowUs() / 1000);
  }

  get roomId(): string {
    return this.#roomId;
  }

  send(message: ServerMessage): void {
    this.#outlet.send(message);
  }

  /** Takes part in the room from now on. @throws AppError where there is no such room, or no place in it */
  enter(role: Role, claimedUserId: string | null, asksTakeover = false, name: string | null = null): void {
    if (this.#place) throw new AppError('bad_message', `Joined already, as ${this.#place.role}.`);
    const access = this.#tokens.require([grantOf(role)]);
    const { rooms, gatekeeper } = this.#context;
    const userId = access.userId(claimedUserId, this.#roomId);
    const {
      credential,
      place = credential && gatekeeper.resumePlaces.create(credential, grantOf(role), this.#roomId),
    } = access;
    if (access.place !== undefined && role === 'viewer') gatekeeper.resumePlaces.vacate(access.place);
    const takeover = asksTakeover || access.place !== undefined;
    const open = () => (role === 'host' ? rooms.openForHost(this.#roomId, userId) : rooms.get(this.#roomId));
    const room = rooms.use(open, (opened) => {
      opened.requirePlace(role, { userId, takeover });
      return opened;
    });
    this.#place = { room, role, userId, takeover, name, leave: room.listen(this) };
    if (place !== null) this.#held = new HeldPlace(gatekeeper.resumePlaces, place, () => this.#makeWay());
    this.send({
      type: 'welcome',
      session_id: this.id,
      role,
      room: room.info(),
      ice_servers: rooms.iceServers(userId),
      server_time_ms: this.serverTimeMs,
      ...(place && { resume_secret: place.secret }),
    });
    if (role === 'host') return;
    this.sendRoomState();
    this.onLayers(room.whepLayers());
  }

  /** Takes part in the chat from now on. @throws AppError */
  joinChat(): ChatSeat {
    const { room, role, userId: identity, name } = this.#requirePlace();
    this.#tokens.require([grantOf(role)]);
    this.#chat ??= new ChatSeat(
      {
        ...{ room, identity, name, outlet: this.#outlet },
        isHost: () => role === 'host' && (!room.isLive || this.#session?.connectedUs !== undefined),
        credentials: () => this.#tokens.credentials,
        kick: () => this.#onShutOut('kicked'),
      },
      this.#context,
    );
    return this.#chat;
  }

  /** Tells that a message was obeyed, where the client has given it an id. */
  acknowledge(requestId: string | undefined, messageId?: string): void {
    if (requestId === undefined) return;
    this.send({ type: 'chat-ack', request_id: requestId, ...(messageId !== undefined && { message_id: messageId }) });
  }

  sendRoomState(): void {
    const { room } = this.#requirePlace();
    this.send({ type: room.isLive ? 'live' : 'waiting', room: room.info() });
  }

  /**
   * Answers an offer, in place of the session before it. A viewer's offer is kept while nobody is live.
   * @returns whether it was answered
   * @throws AppError
   */
  negotiate(offerSdp: string): boolean {
    const { room, role } = this.#requirePlace();
    this.#tokens.require([grantOf(role)]);
    this.#endSession();
    try {
      const { sdp } = this.#begin((peer) => answerOffer(room, role, offerSdp, peer));
      this.send({ type: 'answer', session_id: this.id, sdp });
      this.send({ type: 'connection', state: 'connecting' });
      return true;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not_live') throw error;
      this.#keptOffer = offerSdp;
      return false;
    }
  }

  /** Sends an offer of ours: to a host at once, to a viewer as soon as the room is live. @throws AppError */
  requestOffer(): void {
    const { room, role } = this.#requirePlace();
    this.#tokens.require([grantOf(role)]);
    this.#wantsOffer = true;
    if (role === 'viewer' && !room.isLive) return;
    const { sdp } = this.#begin((peer) => makeOffer(room, role, peer));
    this.send({ type: 'offer', session_id: this.id, sdp });
  }

  /** @throws AppError */
  acceptAnswer(answerSdp: string): void {
    this.#requirePlace();
    if (!this.#session) throw new AppError('answer_not_expected', 'The server has not made an offer.');
    acceptAnswer(this.#session, answerSdp);
    this.send({ type: 'connection', state: 'connecting' });
  }

  /** The media session of a viewer; undefined before there is one. @throws AppError bad_message for a host */
  viewerSession(): Session | undefined {
    if (this.#requirePlace().role === 'host') throw new AppError('bad_message', 'This message is for viewers.');
    return this.#session;
  }

  /** Whether a client that can show so many hosts offers anew, for more of them than the offer it came with. */
  offersForMore(slots: number): boolean {
    const { room, role } = this.#requirePlace();
    return role === 'viewer' && Math.min(slots, room.maxHosts) > 1;
  }

  /** What the viewer wants of the video from now on. @throws AppError bad_message for a host */
  want(wish: LayerWish): void {
    const session = this.viewerSession();
    this.#wish = wishOf(wish);
    session?.want(this.#wish);
  }

  /** The socket is gone: not on purpose, unless the client has left before. Idempotent. */
  goAway(): void {
    this.#held?.end(true);
    this.leave();
  }

  /** The client leaves. Idempotent. @returns the id of the media session that this ended */
  leave(): string | null {
    this.#held?.end(false);
    this.#place?.leave();
    this.#chat?.leave();
    this.#keptOffer = undefined;
    this.#wantsOffer = false;
    return this.#endSession();
  }

  /** Ends the socket in good order. */
  close(): void {
    this.#outlet.close(1000);
  }

  onLive(): void {
    this.sendRoomState();
    if (this.#keptOffer !== undefined || (this.#wantsOffer && !this.#session))
      this.#context.rooms.turns.add(() => this.#goOn());
  }

  /** Goes on with what waited for the host. */
  #goOn(): void {
    const offerSdp = this.#keptOffer;
    this.#keptOffer = undefined;
    try {
      if (offerSdp !== undefined) this.negotiate(offerSdp);
      else if (this.#wantsOffer && !this.#session) this.requestOffer();
    } catch (error) {
      this.fail(error);
    }
  }

  onWaiting(): void {
    this.sendRoomState();
  }

  onViewerCount(viewerCount: number): void {
    this.send({ type: 'viewer-count', viewer_count: viewerCount });
  }

  onHosts(hosts: HostInfo[]): void {
    if (!this.#hasCoHosts) return;
    const views = this.#hostViews.update(hosts, this.#session?.slots ?? []);
    if (views !== undefined) this.send({ type: 'hosts', hosts: views });
  }

  onActiveSpeaker(userId: string | null | undefined): void {
    if (!this.#hasCoHosts) return;
    this.send({ type: 'active-speaker', speaker: userId === undefined ? null : { user_id: userId } });
  }

  onWarnings(warnings: StreamWarning[], userId: string | null): void {
    if (this.role === 'host' && this.#place?.userId === userId) this.send({ type: 'warnings', warnings });
  }

  onLayers(layers: readonly WhepLayerInfo[]): void {
    if (this.role !== 'viewer') return;
    const options = layerOptions(layers);
    if (options.length > 0) this.send({ type: 'layers', layers: options });
  }

  onEnded(reason: EndReason): void {
    this.#held?.end(reason === 'shutdown');
    this.send({ type: 'ended', reason });
    this.#outlet.close(reason === 'shutdown' ? 1001 : 1000);
  }

  /** Takes a fresh token. One that is not good changes nothing, and the client is told. */
  renew(token: string): void {
    const grants = this.role === undefined ? (['publish', 'watch'] as const) : [grantOf(this.role)];
    this.#tokens.renew(token, grants).then(
      (credential) => {
        if (credential !== undefined) {
          this.#session?.renew(credential);
          this.#held?.renew(credential);
        }
        this.send({ type: 'token', expires_at: this.#tokens.expiresAt });
      },
      (error: unknown) => this.#tellOf(error),
    );
  }

  /**
   * Tells the client of an error. One that keeps it out of the room ends the socket, with 4000 + HTTP status.
   * @param about the message that was wrong
   */
  fail(error: unknown, about?: ClientMessage): void {
    const { code, status } = this.#tellOf(error, about);
    const isFinal = !this.#place && finalStatuses.includes(status);
    const isRefused = status === 401 || (status === 403 && !chatRefusals.has(code));
    if (isFinal || isRefused) this.#outlet.close(4000 + status);
  }

  #tellOf(error: unknown, about?: ClientMessage): AppError {
    const told =
      error instanceof AppError ? error : new AppError('internal', 'The server could not do this. Its log says more.');
    if (told !== error) this.#context.logger.error({ err: error, room: this.#roomId }, 'message failed');
    const { code, message: detail, retryable } = told;
    this.send({ type: 'error', code, detail, retryable, advice: errorNotes[code].advice, ...replyTo(about, told) });
    return told;
  }

  /** Where there can be one host only, the room's own messages say all of it. */
  get #hasCoHosts(): boolean {
    return (this.#place?.room.maxHosts ?? 1) > 1;
  }

  /** Another socket has come with this one's resume secret. */
  #makeWay(): void {
    if (this.role === 'viewer') this.#endSession();
    this.fail(new AppError('resume_refused', 'Another connection has taken this place.'));
  }

  #requirePlace() {
    if (!this.#place) throw new AppError('bad_message', 'Send join or offer first.');
    return this.#place;
  }

  #begin(negotiate: (peer: Peer) => Negotiated): Negotiated {
    const observer = {
      onConnected: () => {
        this.send({ type: 'connection', state: 'connected' });
        if (this.#place !== undefined) this.onHosts(this.#place.room.hosts);
      },
      onClosed: (reason: CloseReason) => this.#onSessionClosed(reason),
      onLayer: (layer: LayerNotice) => this.send({ type: 'layer', ...layer }),
      onNotice: (notice: PeerNotice) => this.send({ type: 'notice', ...notice }),
    };
    const { userId, takeover } = this.#requirePlace();
    const negotiated = negotiate({
      kind: 'websocket',
      userId,
      takeover,
      caps: this.#tokens.caps,
      credentials: this.#tokens.credentials,
      sessionId: this.id,
      observer,
    });
    this.#session = negotiated.session;
    if (this.#wish !== undefined) this.#session.want(this.#wish);
    return negotiated;
  }

  #onSessionClosed(reason: CloseReason): void {
    // Ended by this peer itself, or never begun: it is told in another way.
    if (!this.#session) return;
    this.#session = undefined;
    if (reason === 'kicked' || reason === 'token_expired') {
      this.#onShutOut(reason);
      return;
    }
    const state = orderlyReasons.includes(reason) ? 'closed' : 'failed';
    this.send({ type: 'connection', state, detail: closeReasons[reason] });
  }

  #onShutOut(reason: 'kicked' | 'token_expired'): void {
    this.#held?.end(false);
    const session = this.#session;
    this.#session = undefined;
    session?.close(reason);
    this.fail(new AppError(reason, closeReasons[reason]));
  }

  #endSession(): string | null {
    const session = this.#session;
    this.#session = undefined;
    session?.close('left');
    return session?.id ?? null;
  }
}
