import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../../packages/server/src/transport/datachannel/media-port.ts';
import { freeTcpPort } from '../free-port.ts';
import { buildModuleCopy } from '../go-build.ts';
import { address } from '../network.ts';
import type { Peer, RunningPeer } from '../peer.ts';
import { answersHttp, ServerProgram } from '../server-program.ts';
import { publishByWhip, watchByWhep } from '../whip.ts';

const modulePath = 'github.com/bluenviron/mediamtx';
const version = 'v1.12.3';
/** What its releases generate. HLS is off, so its player is not missed. */
const generated = { 'internal/core/VERSION': version, 'internal/servers/hls/hls.min.js': '// not in this build\n' };
let program = '';

/** MediaMTX with WebRTC alone switched on. */
export const mediaMtx: Peer = {
  name: 'MediaMTX',
  setting: 'WebRTC only, all else as it comes; WHIP, WHEP; one UDP port',
  viewerRole: 'offerer',
  cutsAnew: true,
  async prepare() {
    program = await buildModuleCopy(modulePath, version, 'mediamtx', generated);
    return version;
  },
  async start(): Promise<RunningPeer> {
    const folder = await mkdtemp(join(tmpdir(), 'bitbasel-mediamtx-'));
    const file = join(folder, 'mediamtx.yml');
    const port = await freeTcpPort();
    await writeFile(file, configuration(port, await findFreePort(address, 0)));
    const server = new ServerProgram(program, [file]);
    const url = `http://${address}:${port}`;
    await server.ready(() => answersHttp(url));
    return {
      pid: server.pid,
      publish: (remote) => publishByWhip(`${url}/bench/whip`, remote),
      published: () => server.ready(() => isReady(url)).then(() => {}),
      watch: (client) => watchByWhep(`${url}/bench/whep`, client),
      async stop() {
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};

function configuration(httpPort: number, udpPort: number): string {
  const off = ['rtsp', 'rtmp', 'hls', 'srt'].map((name) => `${name}: no`);
  return [
    'logLevel: warn',
    ...off,
    'webrtc: yes',
    `webrtcAddress: ${address}:${httpPort}`,
    `webrtcLocalUDPAddress: ${address}:${udpPort}`,
    'webrtcIPsFromInterfaces: no',
    `webrtcAdditionalHosts: [${address}]`,
    'paths:',
    '  bench:',
    '',
  ].join('\n');
}

/** Without an offer in it, a WHEP request is refused in one way while there is no stream, and in another when there is. */
async function isReady(url: string): Promise<true | undefined> {
  const response = await fetch(`${url}/bench/whep`, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: 'v=0',
  });
  await response.arrayBuffer();
  return response.status === 404 ? undefined : true;
}
