import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFolder, folderOf } from '../go-build.ts';
import { address } from '../network.ts';
import type { Peer, RunningPeer } from '../peer.ts';
import { ServerProgram } from '../server-program.ts';
import { publishByWhip, watchByWhep } from '../whip.ts';

const folder = folderOf(import.meta.url);
let program = '';

/** What Pion costs alone: a broadcast server of some hundred lines, `main.go` beside this. */
export const pion: Peer = {
  name: 'Pion broadcast',
  setting: 'main.go of ours: one shared TrackLocalStaticRTP, default interceptors; WHIP, WHEP; one UDP port',
  viewerRole: 'offerer',
  async prepare() {
    program = await buildFolder('pion', folder);
    return /pion\/webrtc\/v4 (\S+)/.exec(await readFile(join(folder, 'go.mod'), 'utf8'))?.[1] ?? '';
  },
  async start(): Promise<RunningPeer> {
    const server = new ServerProgram(program, [address]);
    const url = await server.ready((output) => /^http:\/\/\S+/m.exec(output)?.[0]);
    return {
      pid: server.pid,
      publish: (remote) => publishByWhip(`${url}/whip`, remote),
      watch: (client) => watchByWhep(`${url}/whep`, client),
      stop: () => server.stop(),
    };
  },
};
