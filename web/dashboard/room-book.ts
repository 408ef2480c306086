import type { RoomInfo, RoomQuality } from '@bitbasel/protocol';
import { Series } from './series.ts';

/** Of the rooms that nobody looks at, so many are asked about their quality in a turn: each answer names all viewers. */
const othersPerTurn = 2;

/** What has been seen of one room. */
export interface RoomRecord {
  info: RoomInfo;
  /** The latest; undefined before the first. */
  quality: RoomQuality | undefined;
  readonly viewers: Series;
  /** From hosts, to viewers. */
  readonly bitrates: Series;
  /** Round trips of viewers: the median, and the ninth of ten. */
  readonly roundTrips: Series;
  readonly jitter: Series;
  /** Of hosts, of viewers. */
  readonly losses: Series;
}

/** The rooms that there are, and their figures over time. */
export class RoomBook {
  readonly #records = new Map<string, RoomRecord>();
  #turn = 0;

  takeRooms(rooms: readonly RoomInfo[]): void {
    const ids = new Set(rooms.map(({ room_id }) => room_id));
    for (const id of this.#records.keys()) if (!ids.has(id)) this.#records.delete(id);
    for (const info of rooms) {
      const record = this.#records.get(info.room_id);
      if (record === undefined) this.#records.set(info.room_id, newRecord(info));
      else record.info = info;
    }
  }

  takeQuality(quality: RoomQuality): void {
    const record = this.#records.get(quality.room_id);
    if (record === undefined) return;
    record.quality = quality;
    const at = Date.parse(quality.at) / 1000;
    const { summary } = quality;
    record.viewers.add(at, [summary.viewers]);
    record.bitrates.add(at, [hostBitrateBps(quality), viewerBitrateBps(quality)]);
    record.roundTrips.add(at, [summary.round_trip_ms.p50, summary.round_trip_ms.p90]);
    record.jitter.add(at, [summary.jitter_ms.p50, summary.jitter_ms.p90]);
    record.losses.add(at, [hostLoss(quality), summary.loss.p90]);
  }

  get records(): RoomRecord[] {
    return [...this.#records.values()];
  }

  record(roomId: string): RoomRecord | undefined {
    return this.#records.get(roomId);
  }

  /** Whose quality is to be asked for now: the room that is looked at, and some of the others in turn. */
  nextToAsk(chosen: string | undefined): string[] {
    const live = [...this.#records.values()].filter(({ info }) => info.is_active || info.viewer_count > 0);
    const others = live.map(({ info }) => info.room_id).filter((id) => id !== chosen);
    const turn = Array.from({ length: Math.min(othersPerTurn, others.length) }, (_, index) => {
      return others[(this.#turn + index) % others.length] ?? '';
    });
    this.#turn += othersPerTurn;
    return chosen !== undefined && this.#records.has(chosen) ? [chosen, ...turn] : turn;
  }
}

function newRecord(info: RoomInfo): RoomRecord {
  return {
    ...{ info, quality: undefined, viewers: new Series(1), bitrates: new Series(2) },
    ...{ roundTrips: new Series(2), jitter: new Series(2), losses: new Series(2) },
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export function hostBitrateBps({ hosts }: RoomQuality): number {
  return sum(hosts.flatMap(({ layers }) => layers.map(({ bitrate_bps }) => bitrate_bps)));
}

export function viewerBitrateBps({ viewers }: RoomQuality): number {
  return sum(viewers.flatMap(({ tracks }) => tracks.map(({ bitrate_bps }) => bitrate_bps)));
}

/** The worst of what comes in. */
function hostLoss({ hosts }: RoomQuality): number | null {
  const losses = hosts.flatMap(({ layers }) =>
    layers.flatMap(({ loss, live }) => (live && loss !== null ? [loss] : [])),
  );
  return losses.length === 0 ? null : Math.max(...losses);
}
