import type { MediaKind } from '../../rtp/parameters.ts';
import type { SenderReport } from '../../rtp/rtcp/report.ts';
import type { OutgoingPacket } from '../outgoing-packet.ts';
import type { Source } from '../source.ts';
import type { Track } from '../track.ts';
import { Alarm } from './alarm.ts';
import { type Check, checkIntervalUs } from './check.ts';
import { sourceChecks, trackChecks } from './checks.ts';
import type { StreamWarning, StreamWarningCode } from './stream-warning.ts';

/** A fault that explains others of the same kind of media, which are then not told beside it. */
const consequences: Partial<Record<StreamWarningCode, readonly StreamWarningCode[]>> = {
  'b-frames': ['jitter-rising'],
  'frozen-video': ['below-target'],
  'still-video': ['below-target'],
  'no-video': ['below-target'],
  'loss-rising': ['below-target', 'jitter-rising'],
  'jitter-rising': ['below-target'],
};

interface LintedSource {
  readonly alarms: readonly Alarm[];
  highestSequence: number;
}

/** Watches what the host sends for what is known to spoil a stream, and says what it sees. */
export class StreamLinter {
  readonly #tracks: readonly Track[];
  readonly #trackAlarms = new Map<Track, readonly Alarm[]>();
  readonly #sources = new Map<Source, LintedSource>();
  #warnings: readonly StreamWarning[] = [];
  #nextCheckUs = 0;

  constructor(tracks: readonly Track[]) {
    this.#tracks = tracks;
  }

  /** Those that stand. Another array as soon as one is raised or cleared, and the same until then. */
  get warnings(): readonly StreamWarning[] {
    return this.#warnings;
  }

  /** Each packet that the source has taken in, as it is sent on. */
  onPacket(source: Source, packet: OutgoingPacket, nowUs: number): void {
    const linted = this.#lintedSource(source, nowUs);
    if (linted === undefined || packet.extendedSequence <= linted.highestSequence) return;
    linted.highestSequence = packet.extendedSequence;
    for (const alarm of linted.alarms) alarm.check.onPacket?.(packet, nowUs);
  }

  /** ffmpeg sends its first report before the first packet, and the next one 5 s later. */
  onSenderReport(source: Source, report: SenderReport, nowUs: number): void {
    for (const { check } of this.#lintedSource(source, nowUs)?.alarms ?? []) check.onSenderReport?.(report, nowUs);
  }

  /** Looks for changes, four times a second at most. */
  tick(nowUs: number): void {
    if (this.#trackAlarms.size === 0 || nowUs < this.#nextCheckUs) return;
    this.#nextCheckUs = nowUs + checkIntervalUs;
    const standing: StreamWarning[] = [];
    for (const alarm of this.#currentAlarms()) {
      alarm.update(nowUs);
      if (alarm.warning !== undefined) standing.push(alarm.warning);
    }
    const told = standing.filter((warning) => !isConsequence(warning, standing));
    const isSame = told.length === this.#warnings.length && told.every((warning, at) => warning === this.#warnings[at]);
    if (!isSame) this.#warnings = told;
  }

  #lintedSource(source: Source, nowUs: number): LintedSource | undefined {
    return this.#sources.get(source) ?? this.#begin(source, nowUs);
  }

  /** The checks of a track see the packets of all its sources. */
  #begin(source: Source, nowUs: number): LintedSource | undefined {
    if (this.#trackAlarms.size === 0) {
      for (const each of this.#tracks)
        this.#trackAlarms.set(each, alarmsOf(trackChecks(each, nowUs), each.parameters.kind));
    }
    const track = this.#tracks.find(({ sources }) => sources.includes(source));
    if (track === undefined) return undefined;
    const own = alarmsOf(sourceChecks(source, track.parameters.feedback, nowUs), source.kind, source.rid);
    const linted = { alarms: [...own, ...(this.#trackAlarms.get(track) ?? [])], highestSequence: -1 };
    this.#sources.set(source, linted);
    return linted;
  }

  /** Each once; those of a source that another has replaced are forgotten. */
  #currentAlarms(): Set<Alarm> {
    const current = new Set([...this.#trackAlarms.values()].flat());
    for (const [source, { alarms }] of this.#sources) {
      if (this.#tracks.some(({ sources }) => sources.includes(source))) for (const alarm of alarms) current.add(alarm);
      else this.#sources.delete(source);
    }
    return current;
  }
}

function alarmsOf(checks: readonly Check[], kind: MediaKind, rid?: string): Alarm[] {
  return checks.map((check) => new Alarm(check, kind, rid));
}

function isConsequence({ code, kind }: StreamWarning, standing: readonly StreamWarning[]): boolean {
  return standing.some((cause) => cause.kind === kind && consequences[cause.code]?.includes(code));
}
