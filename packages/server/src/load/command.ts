import { findLimit } from './find-limit.ts';
import { MediaFileError } from './media/media-file.ts';
import { type LoadCommand, LoadUsageError, readLoadOptions } from './options.ts';
import type { LoadReport } from './report/report.ts';
import { formatReport } from './report/table.ts';
import { failuresOf } from './report/verdict.ts';
import { runLoad } from './run.ts';

/** @returns the exit code */
export async function runLoadCommand(args: readonly string[]): Promise<number> {
  try {
    const options = readLoadOptions(args);
    return options.findLimit ? await search(options) : await once(options);
  } catch (error) {
    if (!(error instanceof LoadUsageError || error instanceof MediaFileError)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function once(options: LoadCommand): Promise<number> {
  const report = await runLoad({ ...options.run, onProgress: progressPrinter(options) });
  const failures = failuresOf(report, options);
  console.log(
    options.json
      ? JSON.stringify({ passed: failures.length === 0, failures, ...report }, null, 2)
      : formatReport(report),
  );
  if (!options.json) for (const failure of failures) console.error(`Failed: ${failure}.`);
  return failures.length === 0 ? 0 : 1;
}

async function search(options: LoadCommand): Promise<number> {
  const { held, steps } = await findLimit({
    from: options.run.viewersPerRoom,
    to: options.maxViewers,
    bounds: options,
    run: (viewersPerRoom) => runLoad({ ...options.run, viewersPerRoom, onProgress: progressPrinter(options) }),
    onStep: ({ viewers, report, failures }) => {
      if (!options.json) console.log(stepLine(viewers, report, failures));
    },
  });
  console.log(options.json ? JSON.stringify({ held, steps }, null, 2) : `Held: ${held} viewers in each room.`);
  return held > 0 ? 0 : 1;
}

function stepLine(viewers: number, { packets, connectMs, generator }: LoadReport, failures: readonly string[]): string {
  const figures = `loss ${(packets.lossRatio * 100).toFixed(3)} %, slowest connection ${connectMs.max.toFixed(0)} ms`;
  const notes = [...failures, ...generator.reasons.map((reason) => `generator: ${reason}`)];
  return `${String(viewers).padStart(6)} viewers: ${figures}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

/** On the error output, so that the standard output is the report alone. */
function progressPrinter({ quiet }: LoadCommand) {
  let packetsBefore = 0;
  return ({ connected, joining, failed, packets }: Parameters<LoadProgress>[0], elapsedSeconds: number): void => {
    const rate = packets - packetsBefore;
    packetsBefore = packets;
    if (quiet) return;
    const seconds = elapsedSeconds.toFixed(0).padStart(4);
    console.error(`${seconds} s  ${connected} connected, ${joining} joining, ${failed} failed, ${rate} packets`);
  };
}

type LoadProgress = Parameters<typeof runLoad>[0]['onProgress'];
