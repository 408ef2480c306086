import { z } from 'zod';

const historyHealthSchema = z.object({
  mode: z.enum(['sqlite', 'memory']),
  status: z.enum(['ok', 'failing']),
  detail: z.string().exactOptional(),
});
export type HistoryHealth = z.infer<typeof historyHealthSchema>;

/** `GET /health`. The first two keys are the documents'. */
export const healthSchema = z
  .object({
    status: z.literal('healthy'),
    service: z.literal('media_server'),
    version: z.string(),
    history: historyHealthSchema,
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof healthSchema>;

/** `GET /health/live`. */
export const livenessSchema = z.object({ status: z.literal('live') });

/** `GET /health/ready`. */
export const readinessSchema = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    checks: z.record(
      z.string(),
      z.object({ ok: z.boolean(), detail: z.string().exactOptional().describe('What is wrong, where something is') }),
    ),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof readinessSchema>;
