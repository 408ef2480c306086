import { z } from 'zod';

/**
 * Problem details (RFC 9457), the body of every HTTP error.
 * `code` is stable and the one to branch on; `detail` says what was wrong and what would be right.
 */
export const problemSchema = z
  .object({
    type: z.string().describe('Where the code is explained: docs/errors.md'),
    title: z.string(),
    status: z.number().int(),
    code: z.string().describe('Stable: the one to branch on'),
    retryable: z.boolean().describe('Whether the same call may succeed later; false is final'),
    detail: z.string().describe('What was wrong, and what would be right'),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .exactOptional()
      .describe('Where a body did not match: one entry a fault, with its place, for example settings.video.codec'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;
