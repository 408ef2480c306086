import type { Command } from './command.ts';
import { loadCommand } from './load.ts';
import { tokenCommand } from './token.ts';

/** By the word that they go by. Without one of these, the server is started. */
export const commands: ReadonlyMap<string, Command> = new Map([
  ['load', loadCommand],
  ['token', tokenCommand],
]);
