import { bitsPerSecond, CounterWindow } from './counter-window.ts';
import type { ServerClock } from './server-clock.ts';
import type { SessionState } from './session.ts';
import { codecName, roundTripMs, statsOfType } from './stats-report.ts';

/** From 1900, where NTP's time starts (RFC 5905) and `estimatedPlayoutTimestamp` counts from, to 1970. */
const ntpToUnixMs = 2_208_988_800_000;
/** Firefox counts it from 1970: more than this is from 1900, until the year 2065. */
const largestUnixMs = 3_000_000_000_000;

/** A viewer's figures. Counts are since the connection began, rates over the last two seconds; null means not known. */
export interface WatchStats {
  state: SessionState;
  codec: string | null;
  width: number;
  height: number;
  framesPerSecond: number;
  framesDecoded: number;
  framesDropped: number;
  keyFramesDecoded: number;
  freezeCount: number;
  freezeDurationMs: number;
  /** Audio and video, RTP headers not counted. */
  bitrateBps: number;
  /** RTP payload and header bytes of audio and video. */
  bytesReceived: number;
  packetsReceived: number;
  packetsLost: number;
  /** From 0 to 1, of the sound right now. */
  audioLevel: number;
  /** Grows with every sound heard (W3C webrtc-stats): above zero means that there was sound. */
  totalAudioEnergy: number;
  /** How long video waits before it is decoded. */
  jitterBufferMs: number;
  roundTripMs: number | null;
  /** From the server's stamp on the frame now shown, by the server's clock. Not in Safari. */
  delayMs: number | null;
}

/** Keeps what it takes to turn a viewer's statistics reports into rates. */
export class WatchStatsReader {
  readonly #window = new CounterWindow<'bytes' | 'bufferedSeconds' | 'bufferedFrames'>();

  read(report: RTCStatsReport | undefined, state: SessionState, clock: ServerClock): WatchStats {
    const inbound = report ? statsOfType<RTCInboundRtpStreamStats>(report, 'inbound-rtp') : [];
    const video = inbound.find((stats) => stats.kind === 'video');
    const audio = inbound.find((stats) => stats.kind === 'audio');
    const sum = (pick: (stats: RTCInboundRtpStreamStats) => number | undefined) =>
      inbound.reduce((total, stats) => total + (pick(stats) ?? 0), 0);

    const { elapsedMs, growth } = this.#window.add(inbound[0]?.timestamp ?? Date.now(), {
      bytes: sum((stats) => stats.bytesReceived),
      bufferedSeconds: video?.jitterBufferDelay ?? 0,
      bufferedFrames: video?.jitterBufferEmittedCount ?? 0,
    });
    return {
      state,
      codec: report ? codecName(report, video?.codecId) : null,
      width: video?.frameWidth ?? 0,
      height: video?.frameHeight ?? 0,
      framesPerSecond: video?.framesPerSecond ?? 0,
      framesDecoded: video?.framesDecoded ?? 0,
      framesDropped: video?.framesDropped ?? 0,
      keyFramesDecoded: video?.keyFramesDecoded ?? 0,
      freezeCount: video?.freezeCount ?? 0,
      freezeDurationMs: (video?.totalFreezesDuration ?? 0) * 1000,
      bitrateBps: bitsPerSecond(growth.bytes, elapsedMs),
      bytesReceived: sum((stats) => (stats.bytesReceived ?? 0) + (stats.headerBytesReceived ?? 0)),
      packetsReceived: sum((stats) => stats.packetsReceived),
      packetsLost: sum((stats) => stats.packetsLost),
      audioLevel: audio?.audioLevel ?? 0,
      totalAudioEnergy: audio?.totalAudioEnergy ?? 0,
      jitterBufferMs: growth.bufferedFrames > 0 ? (growth.bufferedSeconds * 1000) / growth.bufferedFrames : 0,
      roundTripMs: report ? roundTripMs(report) : null,
      delayMs: playoutDelayMs(video, clock),
    };
  }
}

function playoutDelayMs(video: RTCInboundRtpStreamStats | undefined, clock: ServerClock): number | null {
  if (video?.estimatedPlayoutTimestamp === undefined) return null;
  const stampMs = video.estimatedPlayoutTimestamp;
  const serverMs = clock.at(video.timestamp);
  return serverMs === undefined ? null : serverMs - (stampMs > largestUnixMs ? stampMs - ntpToUnixMs : stampMs);
}
