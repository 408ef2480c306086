import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RoomInfo } from '@bitbasel/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { secret, token } from '../security/tokens.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { Program } from '../support/program.ts';
import { currentFfmpeg } from '../support/whip-ffmpeg.ts';
import { pageCommands } from './page-code.ts';

// Every command of docs/publishing.md is run as it stands there, by the real programs, with a token.

const room = 'my-room';
const tokens = {
  publish: token({ room, grants: ['publish', 'watch', 'manage'] }),
  watch: token({ room, grants: ['watch'] }),
};

/** Those that install something, which is for scripts/setup.sh, and those whose program Debian 12 does not have. */
const notRun = /^apt-get install |whipclientsink/;
const commands = pageCommands('publishing.md').filter((command) => !notRun.test(command));
const publishing = commands.filter((command) => command.includes('$URL/whip/'));
const watching = commands.filter((command) => command.includes('$URL/whep/'));

let folder: string;
let server: MediaServerProcess;
const running: Program[] = [];

beforeAll(async () => {
  server = await MediaServerProcess.start({ 'auth.secret': secret });
  folder = mkdtempSync(join(tmpdir(), 'bitbasel-publishing-'));
  // What the page takes for granted: a current ffmpeg, a film, the repository.
  symlinkSync(currentFfmpeg(), join(folder, 'ffmpeg'));
  symlinkSync(resolve(import.meta.dirname, '..'), join(folder, 'test'));
  const film = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30', '-f', 'lavfi', '-i', 'sine', '-t', '60'];
  const encoding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', join(folder, 'film.mp4')];
  execFileSync(join(folder, 'ffmpeg'), ['-v', 'error', ...film, ...encoding]);
});

afterEach(async () => {
  for (const program of running.splice(0)) await program.stop();
});

afterAll(async () => {
  await server?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

function run(command: string, bearer: string): Program {
  // GStreamer leaves loopback out unless told otherwise: the page says so.
  const own = command.includes('gstreamer.py') ? ' --local-address 127.0.0.1' : '';
  const program = new Program('bash', {
    arguments: ['-c', `exec ${command}${own}`],
    directory: folder,
    environment: { URL: server.url, TOKEN: bearer, PATH: `${folder}:${process.env.PATH}` },
  });
  running.push(program);
  return program;
}

const info = () =>
  server
    .json<RoomInfo>(`/rooms/${room}`, { headers: { authorization: `Bearer ${tokens.publish}` } })
    .catch(() => undefined);

const untilLive = (isLive: boolean, program?: Program) =>
  eventually(
    async () => [(await info())?.has_host ?? false, program?.output.slice(-500)] as const,
    ([hasHost]) => hasHost === isLive,
    isLive ? 'a host' : 'no host',
  );

describe('docs/publishing.md', () => {
  it('has commands of ffmpeg and GStreamer, and no others', () => {
    expect(publishing.some((command) => command.startsWith('ffmpeg '))).toBe(true);
    expect(publishing.some((command) => command.startsWith('test/clients/gstreamer.py '))).toBe(true);
    expect(watching.length).toBeGreaterThan(0);
    expect(commands.length).toBe(publishing.length + watching.length);
  });

  it.each(publishing)('%s', async (command) => {
    const program = run(command, tokens.publish);
    await untilLive(true, program);
    const [video, audio] = [(await info())?.hosts[0]?.video, (await info())?.hosts[0]?.audio];
    expect([video, audio]).toEqual([true, true]);
    await program.stop();
    await untilLive(false);
  });

  it.each(watching)('%s', async (command) => {
    const host = run(publishing.find((one) => one.includes('gstreamer.py')) ?? '', tokens.publish);
    await untilLive(true, host);
    const viewer = run(command, tokens.watch);
    await eventually(
      () => [...viewer.output.matchAll(/^{"video": (\d+), "audio": (\d+)}$/gm)].at(-1)?.slice(1).map(Number) ?? [0, 0],
      ([video = 0, audio = 0]) => video > 30 && audio > 50,
      'decoded pictures and sound',
    );
  });
});
