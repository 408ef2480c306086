import type { Command } from './command.ts';
import { configCommand } from './config.ts';
import { doctorCommand } from './doctor.ts';
import { loadCommand } from './load.ts';
import { tokenCommand } from './token.ts';

/** By the word that they go by. Without one of these, the server is started. */
export const commands: ReadonlyMap<string, Command> = new Map([
  ['config', configCommand],
  ['doctor', doctorCommand],
  ['load', loadCommand],
  ['token', tokenCommand],
]);

/** @returns the exit code */
export async function runCommand(command: Command, args: readonly string[], environment: NodeJS.ProcessEnv) {
  if (!(args.includes('--help') || args.includes('-h'))) return command.run(args, environment);
  console.log(command.usage);
  return 0;
}
