import { once } from 'node:events';
import { get } from 'node:http';
import { get as getSecure } from 'node:https';
import { createServer } from 'node:net';
import { z } from 'zod';
import type { Config } from '../../config/schema.ts';
import { findFreePort } from '../../transport/datachannel/media-port.ts';
import { TransportError } from '../../transport/transport.ts';
import { type Finding, findingsOf, reasonOf } from '../finding.ts';
import { type PortHolder, portHolder } from '../port-holder.ts';

interface WantedPort {
  readonly setting: string;
  readonly protocol: 'tcp' | 'udp';
  readonly host: string;
  readonly port: number;
}

/** Whether each port can be had, and if not, why and who has it. A server of ours that runs already is fine. */
export async function checkPorts(config: Pick<Config, 'server' | 'media' | 'tls'>): Promise<Finding[]> {
  const running = await runningServer(config);
  return Promise.all(wantedPorts(config).map((wanted) => checkPort(wanted, running)));
}

function wantedPorts({ server, media }: Pick<Config, 'server' | 'media'>): WantedPort[] {
  const { host, port, http_alias_port, signaling_alias_port } = server;
  const tcp = { protocol: 'tcp', host } as const;
  const aliases = { 'server.http_alias_port': http_alias_port, 'server.signaling_alias_port': signaling_alias_port };
  return [
    { ...tcp, setting: 'server.port', port },
    ...Object.entries(aliases).flatMap(([setting, alias]) =>
      alias === false ? [] : [{ ...tcp, setting, port: alias }],
    ),
    { setting: 'media.port', protocol: 'udp', host: media.host ?? host, port: media.port },
  ];
}

/** A BitBasel server that answers on server.port. */
interface RunningServer {
  readonly holder: PortHolder | undefined;
}

async function checkPort(wanted: WantedPort, running: RunningServer | undefined): Promise<Finding> {
  const { setting, protocol, host, port } = wanted;
  const { ok, failed, skipped } = findingsOf(setting);
  const name = `${protocol.toUpperCase()} port ${port} on ${host}`;
  if (port === 0) return ok('any free port is taken');
  const error = await (protocol === 'tcp' ? tryTcp(host, port) : tryUdp(host, port));
  if (error === undefined) return ok(`${name} is free`);
  if (codeOf(error) === 'EACCES') {
    const advice = `Take a port from 1024 up, or allow this program to have lower ones (setcap cap_net_bind_service=+ep on node).`;
    return failed(`${name} may not be had by this user`, advice);
  }
  if (codeOf(error) !== 'EADDRINUSE')
    return failed(
      `${name} cannot be had: ${reasonOf(error)}`,
      `Set the host to an address of this machine, or 0.0.0.0.`,
    );
  const holder = portHolder(protocol, port);
  if (running !== undefined) {
    if (setting === 'server.port' || (holder !== undefined && holder.pid === running.holder?.pid))
      return ok(`${name} is a BitBasel server's that runs now`);
    if (holder === undefined) return skipped(`${name} is taken, presumably by the BitBasel server that runs now`);
  }
  const who =
    holder === undefined ? 'another program (as root, more is known)' : `${holder.name}, process ${holder.pid}`;
  return failed(`${name} is taken by ${who}`, `Stop that program, or set ${setting} to another port.`);
}

async function tryTcp(host: string, port: number): Promise<unknown> {
  const server = createServer();
  try {
    const listening = once(server, 'listening');
    server.listen(port, host);
    await listening;
    return undefined;
  } catch (error) {
    return error;
  } finally {
    server.close();
  }
}

async function tryUdp(host: string, port: number): Promise<unknown> {
  try {
    await findFreePort(host, port);
    return undefined;
  } catch (error) {
    return error instanceof TransportError ? error.cause : error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

const healthSchema = z.object({ service: z.literal('media_server') });

async function runningServer({ server, tls }: Pick<Config, 'server' | 'tls'>): Promise<RunningServer | undefined> {
  const { port } = server;
  if (port === 0) return undefined;
  const host = server.host === '0.0.0.0' ? '127.0.0.1' : server.host === '::' ? '::1' : server.host;
  const health = await readHealth({ host, port, isSecure: tls.cert !== undefined });
  return healthSchema.safeParse(health).success ? { holder: portHolder('tcp', port) } : undefined;
}

/** The certificate is for another name than this address: it is not looked at, nothing is told to the server. */
function readHealth({ host, port, isSecure }: { host: string; port: number; isSecure: boolean }): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const options = { host, port, path: '/health', timeout: 2000, agent: false as const };
  const request = isSecure ? getSecure({ ...options, rejectUnauthorized: false }) : get(options);
  request.on('error', () => resolve(undefined));
  request.on('timeout', () => request.destroy(new Error('no answer')));
  request.on('response', (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (text: string) => {
      body += text;
      if (body.length > 10_000) request.destroy(new Error('no health'));
    });
    response.on('error', () => resolve(undefined));
    response.on('end', () => resolve(jsonOf(body)));
  });
  return promise;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
