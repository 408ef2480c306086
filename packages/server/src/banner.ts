import type { Config } from './config/schema.ts';
import type { ServerPorts } from './listeners.ts';
import { isLoopback } from './loopback.ts';

/** What a person who starts the server should know. */
export function banner(config: Config, ports: ServerPorts, version: string): string {
  const { host } = config.server;
  const aliases = [ports.httpAlias, ports.signalingAlias].filter((port) => port !== undefined);
  const home = host === '0.0.0.0' || host === '::' || isLoopback(host) ? 'localhost' : host;
  const scheme = config.tls.cert === undefined ? 'http' : 'https';
  const lines = [
    `BitBasel media server ${version}`,
    `  Open        ${scheme}://${home}:${ports.http}${aliases.length > 0 ? ` (the same on ${aliases.join(' and ')})` : ''}`,
    '  Publish     POST /whip/{room}',
    '  Watch       POST /whep/{room}',
    '  Signaling   WebSocket /signal/{room}',
    `  Media       UDP port ${ports.media}`,
  ];
  const { secret, key_file, jwks_url } = config.auth;
  const isOpen = secret === undefined && key_file === undefined && jwks_url === undefined;
  if (isOpen && isLoopback(host)) {
    lines.push('', '  WARNING: no authentication. Every program of this machine can publish, watch and stop rooms.');
  } else if (isOpen) {
    lines.push(
      '',
      `  WARNING: no authentication. Whoever reaches port ${ports.http} can publish, watch and stop rooms.`,
      '  Set BITBASEL_AUTH_SECRET (docs/auth.md), keep it behind a firewall, or start it with --host=127.0.0.1.',
    );
  }
  return lines.join('\n');
}
