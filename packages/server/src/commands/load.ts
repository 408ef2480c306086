import { usage } from '../load/options.ts';
import type { Command } from './command.ts';

/** `bitbasel load`: hosts and viewers for any WHIP and WHEP server. Its code is loaded when it is asked for. */
export const loadCommand: Command = {
  summary: 'load a WHIP and WHEP server with hosts and viewers, and measure what they get',
  usage,
  async run(args) {
    const { runLoadCommand } = await import('../load/command.ts');
    return await runLoadCommand(args);
  },
};
