import { configSchema } from './schema.ts';
import { type Setting, settings } from './settings.ts';

function defaultOf(setting: Setting): string {
  const [section = '', name] = setting.key.split('.');
  const defaults: Record<string, unknown> = configSchema.parse({});
  const value = defaults[section];
  const found = name === undefined ? value : Object.entries(Object(value)).find(([key]) => key === name)?.[1];
  return found === undefined ? 'none' : JSON.stringify(found);
}

/** The text of `--help`, made from the schema and from what the commands say of themselves. */
export function helpText(commands: ReadonlyMap<string, { readonly summary: string }>): string {
  const words = Array.from(commands, ([name, { summary }]) => `  bitbasel ${name.padEnd(10)}${summary}`);
  const lines = settings.map(
    (setting) =>
      `  --${setting.key}\n      ${setting.help}.\n      Takes ${setting.expects}. Default ${defaultOf(setting)}.`,
  );
  return `Usage: bitbasel [--config=file.json] [--port=8082] [--host=0.0.0.0] [--<setting>=<value> ...]
       bitbasel <command> [...]

Starts the media server. The commands do something else; \`bitbasel <command> --help\` tells more of each:

${words.join('\n')}

Each setting can stand in the JSON file (BITBASEL_CONFIG, --config or ./config.json), in the environment
(server.port is BITBASEL_SERVER_PORT) or in a flag; a later one of these three wins. Lists are given as JSON.

${lines.join('\n')}

  --port, --host    the same as --server.port and --server.host
  --help, --version
`;
}
