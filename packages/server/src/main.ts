#!/usr/bin/env node
import { banner } from './banner.ts';
import { commands, runCommand } from './commands/commands.ts';
import { helpText } from './config/help.ts';
import { readCommandLine } from './config/layers.ts';
import { ConfigError, loadConfig } from './config/load.ts';
import { StartError } from './listeners.ts';
import { startServer } from './server.ts';
import { endOnSignals } from './signals.ts';
import { version } from './version.ts';

const given = commands.get(process.argv[2] ?? '');
if (given !== undefined) process.exit(await runCommand(given, process.argv.slice(3), process.env));
const { layer, configPath, wantsHelp, wantsVersion } = readCommandLine(process.argv.slice(2));
if (wantsHelp || wantsVersion) {
  console.log(wantsHelp ? helpText(commands) : version);
  process.exit(0);
}
try {
  const config = loadConfig({ environment: process.env, flags: layer, configPath });
  const server = await startServer(config);
  console.log(banner(config, server.ports, version));
  if (config.tls.cert !== undefined) process.on('SIGHUP', () => server.reloadCertificate());
  endOnSignals(server);
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof StartError)) throw error;
  console.error(error.message);
  process.exit(error instanceof ConfigError ? 2 : 1);
}
