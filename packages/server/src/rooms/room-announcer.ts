import type { HostInfo, StreamWarning, WhepLayerInfo } from '@bitbasel/protocol';
import type { EndReason, RoomListener } from './room.ts';
import { layersKey } from './whep-layers.ts';

/** What is told of a room. */
export interface AnnouncedRoom {
  readonly viewerCount: number;
  readonly hosts: HostInfo[];
  readonly activeSpeaker: string | null | undefined;
  readonly router: { readonly slotsVersion: number; readonly activeSpeaker: string | undefined };
  readonly viewerSessions: Iterable<{ announceLayer(): void }>;
  whepLayers(): WhepLayerInfo[];
}

/** How often it is looked whether what viewers are sent, or could be, has changed. */
const layersIntervalUs = 250_000;

/** How often the listeners are told of a changing viewer count. */
const viewerCountIntervalUs = 500_000;

/** Tells those who listen to a room what happens in it, each thing once and not too often. */
export class RoomAnnouncer {
  readonly #room: AnnouncedRoom;
  readonly #listeners = new Set<RoomListener>();
  #slots = 0;
  #speaker: string | undefined;
  #viewerCount = 0;
  #viewerCountUs = Number.NEGATIVE_INFINITY;
  #nextLayersUs = 0;
  #layers = '';

  constructor(room: AnnouncedRoom) {
    this.#room = room;
  }

  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  add(listener: RoomListener): void {
    this.#listeners.add(listener);
  }

  remove(listener: RoomListener): void {
    this.#listeners.delete(listener);
  }

  live(): void {
    for (const listener of this.#listeners) listener.onLive();
  }

  waiting(): void {
    for (const listener of this.#listeners) listener.onWaiting();
  }

  warnings(warnings: StreamWarning[], userId: string | null): void {
    for (const listener of this.#listeners) listener.onWarnings(warnings, userId);
  }

  ended(reason: EndReason): void {
    for (const listener of this.#listeners) listener.onEnded(reason);
  }

  hosts(): void {
    this.#slots = this.#room.router.slotsVersion;
    const { hosts } = this.#room;
    for (const listener of this.#listeners) listener.onHosts(hosts);
  }

  /** @returns false where it has to wait for a later tick */
  viewerCount(nowUs: number): boolean {
    const { viewerCount } = this.#room;
    if (viewerCount === this.#viewerCount) return true;
    if (nowUs - this.#viewerCountUs < viewerCountIntervalUs) return false;
    this.#viewerCountUs = nowUs;
    this.#viewerCount = viewerCount;
    for (const listener of this.#listeners) listener.onViewerCount(viewerCount);
    return true;
  }

  #announceSpeaker(): void {
    const hostId = this.#room.router.activeSpeaker;
    if (hostId === this.#speaker) return;
    this.#speaker = hostId;
    for (const listener of this.#listeners) listener.onActiveSpeaker(this.#room.activeSpeaker);
  }

  #announceLayers(nowUs: number): void {
    this.#nextLayersUs = nowUs + layersIntervalUs;
    for (const viewer of this.#room.viewerSessions) viewer.announceLayer();
    const listeners = [...this.#listeners].filter((listener) => listener.onLayers !== undefined);
    if (listeners.length === 0) return;
    const layers = this.#room.whepLayers();
    const key = layersKey(layers);
    if (key === this.#layers) return;
    this.#layers = key;
    for (const listener of listeners) listener.onLayers?.(layers);
  }

  /** @returns whether it wants to be called again */
  tick(nowUs: number): boolean {
    if (this.#room.router.slotsVersion !== this.#slots) this.hosts();
    this.#announceSpeaker();
    const isDone = this.viewerCount(nowUs);
    if (nowUs >= this.#nextLayersUs) this.#announceLayers(nowUs);
    return !isDone;
  }
}
