import { z } from 'zod';

/** What can be wrong with a host's stream. Stable; docs/stream-warnings.md explains each. */
export const streamWarningCodes = [
  'above-limit',
  'b-frames',
  'long-key-interval',
  'odd-profile',
  'sender-reports-missing',
  'sender-reports-wrong',
  'loss-rising',
  'jitter-rising',
  'below-target',
  'silent-audio',
  'frozen-video',
  'still-video',
  'no-audio',
  'no-video',
] as const;
export type StreamWarningCode = (typeof streamWarningCodes)[number];

/** Something about the host's stream that viewers suffer from, or soon will, and what may help. */
export const streamWarningSchema = z
  .object({
    code: z.enum(streamWarningCodes),
    kind: z.enum(['audio', 'video']),
    rid: z.string().exactOptional().describe('The simulcast layer, where it is about one'),
    since: z.string().describe('ISO 8601, UTC'),
    detail: z.string().describe('What was seen, with figures of that moment'),
    advice: z.string(),
  })
  .meta({ id: 'StreamWarning' });
export type StreamWarning = z.infer<typeof streamWarningSchema>;
