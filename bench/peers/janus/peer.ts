import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freeTcpPort } from '../free-port.ts';
import type { ClientTransport, Negotiated } from '../generator/messages.ts';
import { address, isInNamespace } from '../network.ts';
import { type Peer, type RunningPeer, type SdpClient, Unavailable } from '../peer.ts';
import { readNegotiated } from '../sdp/read.ts';
import { publishOffer } from '../sdp/write.ts';
import { answersHttp, ServerProgram } from '../server-program.ts';
import { room, writeConfig } from './config.ts';
import { JanusSession } from './session.ts';

const feed = 1;

/** Janus of Debian, with its video room: one publisher, the viewers subscribe to it. */
export const janus: Peer = {
  name: 'Janus',
  setting: 'VideoRoom, HTTP API; defaults, a thread and a port for each viewer',
  viewerRole: 'answerer',
  async prepare() {
    const version = await installedVersion();
    if (version === undefined) throw new Unavailable('the package janus is not installed (scripts/setup.sh peers)');
    if (!isInNamespace()) throw new Unavailable('it has no media on loopback, and there is no network namespace here');
    return version;
  },
  start,
};

async function installedVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('dpkg-query', ['--list', 'janus']);
    return /^ii +janus +(\S+)/m.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

async function start(): Promise<RunningPeer> {
  const folder = await mkdtemp(join(tmpdir(), 'bitbasel-janus-'));
  const port = await freeTcpPort();
  await writeConfig(folder, port);
  const program = new ServerProgram('janus', ['--configs-folder', folder]);
  const url = `http://${address}:${port}/janus`;
  await program.ready(() => answersHttp(`${url}/info`));
  const session = await JanusSession.open(url);
  return {
    pid: program.pid,
    publish: (remote) => publish(session, remote),
    watch: (client) => watch(session, client),
    async stop() {
      session.close();
      await program.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function publish(session: JanusSession, remote: ClientTransport): Promise<Negotiated> {
  const handle = await session.attach();
  await session.message(handle, { request: 'join', ptype: 'publisher', room, id: feed });
  const offer = { type: 'offer', sdp: publishOffer(remote) } as const;
  const { jsep } = await session.message(handle, { request: 'publish' }, offer);
  return readNegotiated(jsep?.sdp ?? '');
}

async function watch(session: JanusSession, client: SdpClient): Promise<void> {
  const handle = await session.attach();
  const { jsep } = await session.message(handle, { request: 'join', ptype: 'subscriber', room, streams: [{ feed }] });
  const sdp = await client.answer(jsep?.sdp ?? '');
  await session.message(handle, { request: 'start' }, { type: 'answer', sdp });
}
