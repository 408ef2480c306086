import { bitsPerSecond, CounterWindow } from './counter-window.ts';
import type { SessionState } from './session.ts';
import { codecName, roundTripMs, statsOfType } from './stats-report.ts';

/** One simulcast layer as it is being sent. */
export interface LayerStats {
  /** Empty where there is no simulcast. */
  rid: string;
  width: number;
  height: number;
  framesPerSecond: number;
  bitrateBps: number;
}

/** A host's figures. Counts are since the connection began, rates over the last two seconds; null means not known. */
export interface PublishStats {
  state: SessionState;
  codec: string | null;
  /** Of the top layer that is being sent. */
  width: number;
  height: number;
  framesPerSecond: number;
  /** Of all layers. */
  framesEncoded: number;
  /** Null in Firefox. */
  keyFramesEncoded: number | null;
  /** Audio and video of all layers, RTP headers not counted. */
  bitrateBps: number;
  bytesSent: number;
  packetsSent: number;
  retransmittedPacketsSent: number;
  /** As the server reports. */
  packetsLost: number;
  roundTripMs: number | null;
  /** What keeps the encoder from doing better: `none`, `cpu`, `bandwidth` or `other`; null in Firefox. */
  qualityLimitation: string | null;
  /** Highest first; a layer that the encoder holds back is left out. */
  layers: LayerStats[];
}

/** Keeps what it takes to turn a host's statistics reports into rates. */
export class PublishStatsReader {
  readonly #total = new CounterWindow<'bytes'>();
  readonly #layers = new Map<string, CounterWindow<'bytes'>>();

  read(report: RTCStatsReport | undefined, state: SessionState): PublishStats {
    const outbound = report ? statsOfType<RTCOutboundRtpStreamStats>(report, 'outbound-rtp') : [];
    const remote = report ? statsOfType<RTCReceivedRtpStreamStats>(report, 'remote-inbound-rtp') : [];
    const video = outbound.filter((stats) => stats.kind === 'video');
    const sum = (pick: (stats: RTCOutboundRtpStreamStats) => number | undefined, of = outbound) =>
      of.reduce((total, stats) => total + (pick(stats) ?? 0), 0);

    const bytesSent = sum((stats) => stats.bytesSent);
    const { elapsedMs, growth } = this.#total.add(outbound[0]?.timestamp ?? Date.now(), { bytes: bytesSent });
    const layers = video
      .map((stats) => this.#readLayer(stats))
      .filter((layer) => layer.framesPerSecond > 0)
      .sort((a, b) => b.width - a.width);
    return {
      state,
      codec: report ? codecName(report, video[0]?.codecId) : null,
      width: layers[0]?.width ?? 0,
      height: layers[0]?.height ?? 0,
      framesPerSecond: layers[0]?.framesPerSecond ?? 0,
      framesEncoded: sum((stats) => stats.framesEncoded, video),
      keyFramesEncoded: tells(video, 'keyFramesEncoded') ? sum((stats) => stats.keyFramesEncoded, video) : null,
      bitrateBps: bitsPerSecond(growth.bytes, elapsedMs),
      bytesSent,
      packetsSent: sum((stats) => stats.packetsSent),
      retransmittedPacketsSent: sum((stats) => stats.retransmittedPacketsSent),
      packetsLost: remote.reduce((total, stats) => total + (stats.packetsLost ?? 0), 0),
      roundTripMs: report ? roundTripMs(report) : null,
      qualityLimitation: tells(video, 'qualityLimitationReason')
        ? (video.map((stats) => stats.qualityLimitationReason).find((why) => why && why !== 'none') ?? 'none')
        : null,
      layers,
    };
  }

  #readLayer(stats: RTCOutboundRtpStreamStats): LayerStats {
    const rid = stats.rid ?? '';
    const window = this.#layers.get(rid) ?? new CounterWindow<'bytes'>();
    this.#layers.set(rid, window);
    const { elapsedMs, growth } = window.add(stats.timestamp, { bytes: stats.bytesSent ?? 0 });
    return {
      rid,
      width: stats.frameWidth ?? 0,
      height: stats.frameHeight ?? 0,
      framesPerSecond: stats.framesPerSecond ?? 0,
      bitrateBps: bitsPerSecond(growth.bytes, elapsedMs),
    };
  }
}

/** Not every browser has all of the standard's members; without any video nothing is missing. */
function tells(video: readonly RTCOutboundRtpStreamStats[], member: keyof RTCOutboundRtpStreamStats): boolean {
  return video.length === 0 || video.some((stats) => stats[member] !== undefined);
}
