import { hidden, showable } from '../config/hidden.ts';
import { readCommandLine } from '../config/layers.ts';
import { ConfigError, type EffectiveConfig, loadEffectiveConfig } from '../config/load.ts';
import { settings } from '../config/settings.ts';
import type { Command } from './command.ts';
import { takeOwnFlags } from './own-flags.ts';
import { table } from './table.ts';

const usage = `Usage: bitbasel config [--origins] [--config=file.json] [--<setting>=<value> ...]

Prints the configuration that the server would start with, as JSON: the file, the environment and flags put together,
with the defaults. Secrets are shown as ${hidden}. With --origins it is a table of where each value is from.
Exits with 1 where a setting is wrong, and names it.`;

/** `bitbasel config`: what the server would start with. */
export const configCommand: Command = {
  summary: 'print the effective configuration, secrets hidden',
  usage,
  async run(args, environment) {
    const { own, rest } = takeOwnFlags(args, { origins: 'boolean' });
    const { layer: flags, configPath } = readCommandLine(rest);
    try {
      const effective = loadEffectiveConfig({ environment, flags, configPath });
      console.log(own.origins ? originsTable(effective) : JSON.stringify(shownConfig(effective), null, 2));
      return 0;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      console.error(error.message);
      return 1;
    }
  },
};

function shownValues({ config }: EffectiveConfig): [key: string, value: unknown][] {
  return settings.map((setting) => {
    const value = setting.key.split('.').reduce<unknown>((at, name) => Object(at)[name], config);
    return [setting.key, showable(setting, value)];
  });
}

function shownConfig(effective: EffectiveConfig): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [key, value] of shownValues(effective)) {
    const [section = '', name] = key.split('.');
    shown[section] = name === undefined ? value : { ...Object(shown[section]), [name]: value };
  }
  return shown;
}

function originsTable(effective: EffectiveConfig): string {
  const rows = shownValues(effective).map(([key, value]) => [
    key,
    value === undefined ? 'none' : JSON.stringify(value),
    effective.originOf(key),
  ]);
  return table(['setting', 'value', 'from'], rows);
}
