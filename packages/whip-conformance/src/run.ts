import { type Check, fail, notApplicable, type Outcome, type Report } from './check.ts';
import { corsChecks } from './checks/cors.ts';
import { endpointChecks } from './checks/endpoint.ts';
import { iceServerChecks } from './checks/ice-servers.ts';
import { loadChecks } from './checks/load.ts';
import { mediaChecks } from './checks/media.ts';
import { offerChecks } from './checks/offer.ts';
import { restartChecks } from './checks/restart.ts';
import { sessionChecks } from './checks/session.ts';
import { tokenChecks } from './checks/token.ts';
import { trickleChecks } from './checks/trickle.ts';
import { whepChecks } from './checks/whep.ts';
import { Context, type Target } from './context.ts';

/** In the order of the documents; `load` looks back at the answers to all the others. */
export const checks: readonly Check[] = [
  ...endpointChecks,
  ...sessionChecks,
  ...trickleChecks,
  ...restartChecks,
  ...offerChecks,
  ...iceServerChecks,
  ...tokenChecks,
  ...corsChecks,
  ...mediaChecks,
  ...whepChecks,
  ...loadChecks,
];

export interface RunOptions {
  /** Default: all. */
  readonly selected?: readonly Check[];
  readonly onReport?: (report: Report) => void;
}

/** Runs the checks, one after the other: they share the URL, and with it perhaps one place for a host. */
export async function runChecks(target: Target, options: RunOptions = {}): Promise<Report[]> {
  const context = new Context(target);
  const reports: Report[] = [];
  for (const check of options.selected ?? checks) {
    const { run: _, ...about } = check;
    const report = { ...about, ...(await runOne(check, context)) };
    reports.push(report);
    options.onReport?.(report);
  }
  return reports;
}

async function runOne(check: Check, context: Context): Promise<Outcome> {
  if (check.id.startsWith('whep-') && context.target.whep === undefined) return notApplicable('no --whep was given');
  try {
    return await check.run(context);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  } finally {
    await context.clean();
  }
}
