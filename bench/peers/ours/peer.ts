import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { address } from '../network.ts';
import type { Peer, RunningPeer } from '../peer.ts';
import { ServerProgram } from '../server-program.ts';
import { publishByWhip, watchByWhep } from '../whip.ts';

const main = fileURLToPath(import.meta.resolve('../../../packages/server/src/main.ts'));
const manifest = new URL(import.meta.resolve('../../../packages/server/package.json'));
const flags = [
  `--server.host=${address}`,
  '--server.port=0',
  '--server.http_alias_port=false',
  '--server.signaling_alias_port=false',
  '--server.max_connections=100000',
  '--rooms.max_viewers_per_room=100000',
  '--media.port=0',
  '--history.mode=memory',
  '--log.level=warn',
];

/** This server, as people start it. */
export const ours: Peer = {
  name: 'BitBasel',
  setting: 'defaults, limits of viewers lifted; WHIP, WHEP; one UDP port',
  viewerRole: 'offerer',
  async prepare() {
    return JSON.parse(await readFile(manifest, 'utf8')).version;
  },
  async start(): Promise<RunningPeer> {
    const program = new ServerProgram(process.execPath, [main, ...flags]);
    const url = await program.ready((output) => /Open +(http:\/\/[^\s:]+:\d+)/.exec(output)?.[1]);
    return {
      pid: program.pid,
      publish: (remote) => publishByWhip(`${url}/whip/bench`, remote),
      watch: (client) => watchByWhep(`${url}/whep/bench`, client),
      stop: () => program.stop(),
    };
  },
};
