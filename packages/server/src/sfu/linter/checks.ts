import type { Feedback } from '../../rtp/parameters.ts';
import type { Source } from '../source.ts';
import type { Track } from '../track.ts';
import { AboveLimitCheck } from './above-limit.ts';
import { BFramesCheck } from './b-frames.ts';
import { BelowTargetCheck } from './below-target.ts';
import type { Check } from './check.ts';
import { FrozenVideoCheck } from './frozen-video.ts';
import { JitterRisingCheck } from './jitter-rising.ts';
import { LongKeyIntervalCheck } from './long-key-interval.ts';
import { LossRisingCheck } from './loss-rising.ts';
import { NoMediaCheck } from './no-media.ts';
import { OddProfileCheck } from './odd-profile.ts';
import { SenderReportsMissingCheck } from './sender-reports-missing.ts';
import { SenderReportsWrongCheck } from './sender-reports-wrong.ts';
import { SilentAudioCheck } from './silent-audio.ts';
import { StillVideoCheck } from './still-video.ts';

/** The checks of one stream (layer), from its first packet on. */
export function sourceChecks(source: Source, feedback: Feedback, startUs: number): Check[] {
  const { kind, codec } = source;
  return [
    new SenderReportsMissingCheck(source, startUs),
    new SenderReportsWrongCheck(codec.clockRate),
    new LossRisingCheck(source),
    new JitterRisingCheck(codec.clockRate),
    ...(kind === 'audio' ? [new SilentAudioCheck(startUs)] : videoChecks(source, feedback, startUs)),
  ];
}

function videoChecks(source: Source, feedback: Feedback, startUs: number): Check[] {
  const { name } = source.codec;
  return [
    new AboveLimitCheck(source),
    new LongKeyIntervalCheck(source, feedback, startUs),
    new StillVideoCheck(source, startUs),
    ...(name === 'H264' ? [new BFramesCheck()] : []),
    ...(name === 'H264' || name === 'VP9' ? [new OddProfileCheck(name)] : []),
  ];
}

/** The checks of a track in all its layers, from the host's first packet on. */
export function trackChecks(track: Track, startUs: number): Check[] {
  const { kind, target } = track.parameters;
  const always = new NoMediaCheck(kind, startUs);
  if (kind === 'audio') return [always];
  return [always, new FrozenVideoCheck(), ...(target === undefined ? [] : [new BelowTargetCheck(track, target)])];
}
