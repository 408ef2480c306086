import type {
  HostInfo,
  MediaSettings,
  RoomInfo,
  RoomQuality,
  RoomSettings,
  StreamWarning,
  WhepLayerInfo,
} from '@bitbasel/protocol';
import type { Config } from '../config/schema.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { Router } from '../sfu/router.ts';
import type { Transport } from '../transport/transport.ts';
import type { FanOut } from './chat/fan-out.ts';
import type { Audience } from './chat/presence.ts';
import { RoomChat } from './chat/room-chat.ts';
import { type Clock, isoTime } from './clock.ts';
import type { CloseReason } from './close-reason.ts';
import { type LifecycleSink, limitHit, type RoomIdentity } from './lifecycle.ts';
import { roomQuality } from './quality/room-quality.ts';
import { hostQuality, viewerQualityOf } from './quality/session-quality.ts';
import { RoomAnnouncer } from './room-announcer.ts';
import { type Claim, hostIdOf, type RoomHost, RoomHosts } from './room-hosts.ts';
import { chatRules, hostLimit, mediaSettings, viewerLimit } from './room-settings.ts';
import type { RoomTelemetry } from './room-telemetry.ts';
import { type Peer, type Role, Session, type SessionKeeper } from './session.ts';
import type { SessionLedger } from './session-ledger.ts';
import { unreachedNotice } from './unreached-notice.ts';
import { whepLayers } from './whep-layers.ts';

export type EndReason = 'stopped' | 'idle' | 'shutdown';

/** Somebody in the room who is told what happens: a signaling socket. While one is there, the room is not idle. */
export interface RoomListener {
  onLive(): void;
  onWaiting(): void;
  onViewerCount(viewerCount: number): void;
  /** Hosts have come or gone, or viewers see them elsewhere. */
  onHosts(hosts: HostInfo[]): void;
  /** Another host speaks; undefined where the one that did has gone. */
  onActiveSpeaker(userId: string | null | undefined): void;
  /** What is wrong with this host's stream now, after a change. */
  onWarnings(warnings: StreamWarning[], userId: string | null): void;
  /** The layers of the main host's video are others than before. */
  onLayers?(layers: WhepLayerInfo[]): void;
  onEnded(reason: EndReason): void;
}

/** What all rooms share. */
export interface RoomContext {
  readonly config: Config;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ledger: SessionLedger;
  readonly telemetry: RoomTelemetry;
  readonly events: LifecycleSink;
  readonly fanOut: FanOut;
  /** Asks for `tick` to be called from now on; it stops by itself when nothing is left to do. */
  wake(): void;
}

export interface RoomOptions {
  readonly id: string;
  readonly postId: string | null;
  readonly owner: string | null;
  readonly settings: RoomSettings;
  /** Of a room that was there before a restart. Default: now. */
  readonly createdUs?: number;
}

/** One livestream: its hosts, its viewers, and the router between them. */
export class Room implements SessionKeeper {
  readonly id: string;
  readonly postId: string | null;
  readonly owner: string | null;
  readonly media: MediaSettings;
  readonly maxViewers: number;
  readonly router = new Router();
  readonly chat: RoomChat;
  readonly #settings: RoomSettings;
  readonly #context: RoomContext;
  readonly #logger: Logger;
  readonly #createdUs: number;
  readonly #viewers = new Set<Session>();
  readonly #announcer = new RoomAnnouncer(this);
  readonly #hosts: RoomHosts;
  #liveSinceUs: number | undefined;
  #viewerCount = 0;
  #idleSinceUs: number;
  #ended = false;

  constructor(options: RoomOptions, context: RoomContext) {
    this.id = options.id;
    this.postId = options.postId;
    this.owner = options.owner;
    this.#settings = options.settings;
    this.media = mediaSettings(context.config, options.settings);
    this.#hosts = new RoomHosts(hostLimit(context.config, options.settings));
    this.maxViewers = viewerLimit(context.config, options.settings);
    this.#context = context;
    this.#logger = context.logger.child({ room: options.id });
    this.#idleSinceUs = context.clock.nowUs();
    this.#createdUs = options.createdUs ?? this.#idleSinceUs;
    this.chat = this.#openChat(context);
  }

  #openChat({ config, clock, fanOut, events, wake }: RoomContext): RoomChat {
    const { id: roomId } = this;
    return new RoomChat({
      ...{ roomId, rules: chatRules(config, this.#settings), config: config.chat, clock, fanOut, wake },
      audience: () => this.#audience(),
      onMessage: (message) => {
        if (config.chat.events) events.emit({ type: 'chat-message', roomId, message });
      },
    });
  }

  #audience(): Audience {
    const hosts = this.#hosts.connected.map(({ session: { userId: identity, credential } }) => {
      const member = this.chat.members.find(
        (candidate) => candidate.role === 'host' && candidate.identity === identity,
      );
      return { identity, name: member?.name ?? credential?.name ?? null };
    });
    return { viewerCount: this.#viewerCount, hosts };
  }

  /** Some host's media connection is up. */
  get isLive(): boolean {
    return this.#liveSinceUs !== undefined;
  }

  /** Hosts whose media connection is up. */
  get hostCount(): number {
    return this.#hosts.connected.length;
  }

  get maxHosts(): number {
    return this.#hosts.limit;
  }

  /** Those whose media connection is up, the main host first. */
  get hosts(): HostInfo[] {
    return this.#hosts.infos(this.router.publishers);
  }

  /** Undefined while nobody who has spoken is there. */
  get activeSpeaker(): string | null | undefined {
    const hostId = this.router.activeSpeaker;
    return hostId === hostIdOf(null) ? null : hostId;
  }

  /** Viewers whose media connection is up. */
  get viewerCount(): number {
    return this.#viewerCount;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  get hasSessions(): boolean {
    return this.#hosts.size > 0 || this.#viewers.size > 0;
  }

  get identity(): RoomIdentity {
    const { id, owner, postId } = this;
    return { id, owner, postId, settings: this.#settings, createdUs: this.#createdUs };
  }

  info(): RoomInfo {
    const { activeSpeaker } = this;
    return {
      room_id: this.id,
      post_id: this.postId,
      owner: this.owner,
      is_active: this.isLive,
      has_host: this.isLive,
      viewer_count: this.#viewerCount,
      max_viewers: this.maxViewers,
      created_at: isoTime(this.#createdUs),
      live_since: this.#liveSinceUs === undefined ? null : isoTime(this.#liveSinceUs),
      hosts: this.hosts,
      max_hosts: this.maxHosts,
      active_speaker: activeSpeaker === undefined ? null : { user_id: activeSpeaker },
      warnings: this.#hosts.warnings,
      media: this.media,
      settings: this.#settings,
    };
  }

  /** The hosts' sessions that have a place here, connected or not. */
  get hostSessions(): Iterable<Session> {
    return this.#hosts.all.map(({ session }) => session);
  }

  get viewerSessions(): Iterable<Session> {
    return this.#viewers;
  }

  has(session: Session): boolean {
    return this.#viewers.has(session) || this.#hosts.all.some((host) => host.session === session);
  }

  get sessions(): Session[] {
    return [...this.hostSessions, ...this.#viewers];
  }

  /** How every session is doing now. */
  quality(): RoomQuality {
    return roomQuality(this.id, this, this.#context.clock.nowUs());
  }

  /** @returns what ends it */
  listen(listener: RoomListener): () => void {
    this.#announcer.add(listener);
    return () => {
      this.#announcer.remove(listener);
      this.#noteIdle();
    };
  }

  /** @throws AppError host_exists, host_busy, room_full or server_full */
  requirePlace(role: Role, peer: Claim): void {
    if (role === 'host') this.#hosts.requirePlace(peer, this.#context.clock.nowUs());
    else if (this.#viewers.size >= this.maxViewers) {
      const detail = `The room takes at most ${this.maxViewers} viewers.`;
      const error = new AppError('room_full', detail, { retryAfterSeconds: 10 });
      throw limitHit(this.#context.events, 'viewers', this.id, error);
    }
    this.#context.ledger.requirePlace();
  }

  /** A session that is nobody's yet: the caller negotiates, and then either has it admitted or closes it. */
  createSession(role: Role, peer: Peer): Session {
    this.requirePlace(role, peer);
    return new Session(role, peer, this, this.#context.transport, this.#context.clock);
  }

  /** Gives the session its place in the room; a host in its way makes place. */
  admit(session: Session): void {
    if (session.role === 'host') {
      this.#hosts.displacedBy(session)?.close('replaced');
      this.#hosts.add(session);
    } else {
      this.#viewers.add(session);
    }
    this.#context.ledger.add(session);
    this.#context.wake();
  }

  onConnected(session: Session): void {
    this.#logger.info({ session: session.publicId, role: session.role, user: session.userId }, 'session connected');
    this.#context.telemetry.onConnected(session.role, session.connectUs ?? 0);
    if (session.role === 'host') {
      for (const viewer of this.#viewers) if (!viewer.canDecode) viewer.close('codec_not_supported');
      const wasLive = this.isLive;
      this.#liveSinceUs ??= session.connectedUs;
      if (!wasLive) this.#announcer.live();
      this.#announcer.hosts();
    } else {
      this.#viewerCount += 1;
      this.#announceViewerCount();
    }
    this.chat.notePresence();
    const { id: roomId, viewerCount } = this;
    this.#context.events.emit({ type: 'session-connected', roomId, session, viewerCount });
  }

  onClosed(session: Session, reason: CloseReason): void {
    this.#context.ledger.remove(session);
    const wasConnected = session.connectedUs !== undefined;
    this.#logger.info({ session: session.publicId, role: session.role, reason, ...session.counters }, 'session closed');
    const host = this.#hosts.remove(session);
    if (host !== undefined) {
      if (wasConnected) this.#onHostGone(host);
    } else if (this.#viewers.delete(session) && wasConnected) {
      this.#viewerCount -= 1;
      this.#announceViewerCount();
    }
    if (wasConnected) {
      this.chat.notePresence();
      this.#tellOfEnd(session, reason);
    }
    this.#noteIdle();
  }

  #tellOfEnd(session: Session, reason: CloseReason): void {
    const { id: roomId, viewerCount } = this;
    const qualityOf = session.role === 'host' ? hostQuality : viewerQualityOf;
    const quality = qualityOf(session, this.#context.clock.nowUs());
    this.#context.events.emit({ type: 'session-ended', roomId, session, reason, viewerCount, quality });
  }

  #onHostGone({ session, warnings }: RoomHost): void {
    if (this.hostCount === 0) this.#liveSinceUs = undefined;
    if (this.#ended) return;
    if (warnings.shown.length > 0) this.#announcer.warnings([], session.userId);
    if (!this.isLive) this.#announcer.waiting();
    this.#announcer.hosts();
  }

  onUnreached(session: Session): void {
    const notice = unreachedNotice(session.local.candidates, this.#context.config);
    this.#logger.info({ session: session.publicId, role: session.role, detail: notice.detail }, 'session not reached');
    this.#context.telemetry.onUnreached(session.role);
    session.notify(notice);
  }

  onFirstFrame(firstFrameMs: number): void {
    this.#context.telemetry.onFirstFrame(firstFrameMs);
  }

  /** How a try to get a session here went: `ok`, or the code of the error. */
  onJoin(role: Role, outcome: string): void {
    this.#context.telemetry.onJoin(role, outcome);
  }

  #noteIdle(): void {
    this.#idleSinceUs = this.#context.clock.nowUs();
  }

  /** How long nobody has been here; 0 while somebody is. */
  idleUs(nowUs: number): number {
    return this.hasSessions || this.#announcer.isHeard ? 0 : nowUs - this.#idleSinceUs;
  }

  #announceViewerCount(): void {
    if (!this.#ended && !this.#announcer.viewerCount(this.#context.clock.nowUs())) this.#context.wake();
  }

  /** Told to the log once, when raised. */
  #announceWarnings({ session: { userId }, warnings }: RoomHost): void {
    const raised = warnings.update(this.router.publisherOf(hostIdOf(userId))?.warnings);
    if (raised === undefined || this.#ended) return;
    for (const warning of raised) {
      const { code, kind, rid, detail } = warning;
      this.#logger.info({ user: userId, code, kind, rid, detail }, 'stream warning');
      this.#context.telemetry.onWarning(warning);
    }
    this.#announcer.warnings(warnings.shown, userId);
    if (raised.length > 0) this.#context.events.emit({ type: 'warnings-raised', roomId: this.id, warnings: raised });
  }

  /** What the main host's video consists of now. */
  whepLayers(): WhepLayerInfo[] {
    const [publisher] = this.router.publishers.values();
    return whepLayers(publisher, this.#context.clock.nowUs());
  }

  /** @throws AppError layer_not_available where the host has no such layer */
  requireLayer(rid: string | undefined): void {
    if (rid === undefined) return;
    const rids = this.whepLayers().flatMap((layer) => layer.rid ?? []);
    if (rids.includes(rid)) return;
    const known = rids.length === 0 ? 'it has only one' : `it has ${[...new Set(rids)].join(', ')}`;
    throw new AppError('layer_not_available', `The host sends no layer ${rid} now: ${known}.`);
  }

  /** @returns whether it wants to be called again */
  tick(nowUs: number): boolean {
    if (this.hasSessions) this.router.tick(nowUs);
    for (const host of this.#hosts.all) this.#announceWarnings(host);
    const hasNews = this.#announcer.tick(nowUs);
    const hasChat = this.chat.tick(nowUs);
    return this.hasSessions || hasNews || hasChat;
  }

  /** Closes the sessions that have been silent, or not connected, for too long, and those whose tokens are over. */
  expireSessions(nowUs: number): void {
    const endOnExpiry = this.#context.config.auth.end_sessions_on_expiry;
    for (const session of this.sessions) {
      session.expire(nowUs);
      if (endOnExpiry && session.hasTokenExpired) session.close('token_expired');
    }
  }

  /** Idempotent. */
  end(reason: EndReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#announcer.ended(reason);
    const closeReason = reason === 'shutdown' ? 'shutdown' : 'room_ended';
    for (const { session } of this.#hosts.all) session.close(closeReason);
    for (const viewer of this.#viewers) viewer.close(closeReason);
    this.router.close();
    this.#logger.info({ reason }, 'room ended');
  }

  dump(): object {
    const hosts = this.#hosts.all.map(({ session }) => session);
    const sessions = [...hosts, ...this.#viewers].map((session) => session.dump());
    return { ...this.info(), sessions, router: this.router.dump(this.#context.clock.nowUs()) };
  }
}
