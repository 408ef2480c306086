import { readArguments, usage } from './arguments.ts';
import { runChecks } from './run.ts';
import { exitCode, row, total } from './table.ts';

async function main(): Promise<number> {
  let chosen: ReturnType<typeof readArguments>;
  try {
    chosen = readArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    return 2;
  }
  if (chosen === 'help') {
    console.log(usage);
    return 0;
  }
  const { target, json, strict } = chosen;
  const reports = await runChecks(target, {
    onReport: (report) => {
      if (!json) console.log(row(report));
    },
  });
  console.log(json ? JSON.stringify(reports, null, 2) : `\n${total(reports)}`);
  return exitCode(reports, strict);
}

// The library keeps threads of its own, which would hold the process.
process.exit(await main());
