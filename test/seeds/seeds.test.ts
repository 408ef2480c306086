import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { Program } from '../support/program.ts';
import { expectDocumentedAnswer } from './documented-answer.ts';
import { type Call, type Example, readCall, readExamples } from './examples.ts';
import { closeBrowser, endLivestream, joinLivestream, startLivestream } from './livestream.ts';
import { notRun } from './not-run.ts';
import { exchangeMessages } from './signaling.ts';

// The examples of the two documents that this server was asked for by, read from their text and run as they stand,
// against a server started as they say, on the ports they name.

const root = resolve(import.meta.dirname, '../..');
const server = 'http://localhost:8082';
const thisMachineOnly = { BITBASEL_SERVER_HOST: '127.0.0.1', BITBASEL_DRAIN_DEADLINE_SECONDS: '0' };
const run = promisify(execFile);

const documents = [
  { file: '001_309f4195cf6352f8.txt', baseUrl: server },
  { file: '000_89535a10b459d742.txt', baseUrl: 'http://localhost:9001' },
].map(({ file, baseUrl }) => ({ file, baseUrl, examples: readExamples(file) }));
const calls = documents.flatMap(({ examples }) => examples.flatMap((example) => readCall(example) ?? []));

let running: Program;

beforeAll(async () => {
  running = new Program('./start_media_server.sh', { directory: root, environment: thisMachineOnly });
  await running.printed(/http:\/\/localhost:8082/);
});

afterAll(async () => {
  await closeBrowser();
  await running?.stop();
});

async function request(baseUrl: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const json = body === undefined ? {} : { headers, body: JSON.stringify(body) };
  const response = await fetch(`${baseUrl}${path}`, { method, ...json });
  const text = await response.text();
  expect(`${method} ${path}: ${response.status} ${text}`).toMatch(/: 20[014] /);
  return text === '' ? undefined : JSON.parse(text);
}

/** Makes the room that a call is about, by the call of the same document that creates rooms. */
async function makeRoom(baseUrl: string, { path }: Call): Promise<string> {
  const create = calls.find(
    (call) => call.method === 'POST' && call.path === (path.startsWith('/rooms') ? '/rooms' : '/room/create'),
  );
  const { room_id } = Object(await request(baseUrl, 'POST', create?.path ?? '', create?.body));
  return String(room_id);
}

async function runCall(baseUrl: string, call: Call): Promise<void> {
  const isAboutRoom = call.path.includes('{room_id}');
  const roomId = isAboutRoom ? await makeRoom(baseUrl, call) : undefined;
  const path = call.path.replace('{room_id}', String(roomId));
  const answer = await request(baseUrl, call.method, path, call.body);
  expectDocumentedAnswer(answer, call.response, isAboutRoom ? { room_id: roomId } : {});
}

async function runCurl({ text }: Example): Promise<void> {
  const { stdout } = await run('bash', ['-c', text]);
  const method = text.includes('-X POST') ? 'POST' : 'GET';
  const path = /localhost:\d+(\S+)/.exec(text)?.[1];
  const documented = calls.find((call) => call.method === method && call.path === path && call.response);
  expect(documented).toBeDefined();
  expectDocumentedAnswer(JSON.parse(stdout), documented?.response);
}

/** As it would stand in the backend: in a coroutine, where the post and its user are known. */
async function runPython({ text }: Example): Promise<void> {
  const indented = text.replace(/^(?=.)/gm, '    ');
  const script = `import asyncio\nasync def main(post_id, user_id):\n${indented}\n    print(stats)\nasyncio.run(main(7, 9))\n`;
  const { stdout } = await run(join(root, 'python/.venv/bin/python'), ['-c', script], {
    cwd: join(root, 'python/examples/backend'),
  });
  expect(stdout).toContain("'post_id': '7'");
}

/** The example backend, which makes the room of a post in the server that runs beside it. */
async function runBackend({ code }: Example): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bitbasel-backend-'));
  const program = new Program('bash', {
    arguments: ['-c', `exec ${code}`],
    directory: join(root, 'python/examples/backend'),
    environment: {
      PATH: `${join(root, 'python/.venv/bin')}:${process.env.PATH}`,
      DATABASE_URL: `sqlite:///${join(folder, 'example.sqlite')}`,
    },
  });
  try {
    const [, url = ''] = await program.printed(/running on (http:\S+)/);
    // With --reload uvicorn has a port from the start, and listens at it some time after it has said all it says.
    await eventually(() => fetch(`${url}/docs`).catch(() => undefined), Boolean, 'the backend');
    const { token } = Object(await request(url, 'POST', '/users', { name: 'eve' }));
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ text: 'My opening' });
    const posted = await fetch(`${url}/posts`, { method: 'POST', headers, body });
    const { post_id } = Object(await posted.json());
    const stats = await fetch(`${url}/posts/${post_id}/stats`, { headers });
    expect(await stats.json()).toMatchObject({ post_id: String(post_id), is_active: false });
  } finally {
    await program.stop();
    rmSync(folder, { recursive: true });
  }
}

/** The room settings that a server takes from this configuration file. */
async function roomMadeWith(config: unknown): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'bitbasel-config-'));
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  const ports = ['--port=0', '--server.http_alias_port=false', '--server.signaling_alias_port=false', '--media.port=0'];
  const program = new Program(join(root, 'node_modules/.bin/node'), {
    arguments: [join(root, 'packages/server/src/main.ts'), `--config=${file}`, '--host=127.0.0.1', ...ports],
    directory: folder,
  });
  try {
    const [url] = await program.printed(/http:\/\/localhost:\d+/);
    return await request(url, 'POST', '/rooms', { room_id: 'configured' });
  } finally {
    await program.stop();
    rmSync(folder, { recursive: true });
  }
}

async function runConfiguration({ code }: Example): Promise<void> {
  const config = JSON.parse(code);
  const { video, audio, rooms } = config;
  expect(await roomMadeWith(config)).toMatchObject({
    media: { video, audio },
    max_viewers: rooms.max_viewers_per_room,
  });
  // The documents show the defaults, so other values tell whether the file was read at all.
  video.target_bitrate_kbps += 700;
  rooms.max_viewers_per_room += 7;
  expect(await roomMadeWith(config)).toMatchObject({
    media: { video, audio },
    max_viewers: rooms.max_viewers_per_room,
  });
}

async function runStart(): Promise<void> {
  expect(running.output).toContain(server);
  expect(await request(server, 'GET', '/health')).toMatchObject({ status: 'healthy' });
}

/** How an example is run, or undefined where nothing here knows. */
function runnerOf(example: Example, baseUrl: string): (() => Promise<void>) | undefined {
  const { code, language } = example;
  const call = readCall(example);
  if (call?.path === '/livestream/start') return () => startLivestream(server);
  if (call?.path === '/livestream/{user_id}/join') return () => joinLivestream(server);
  if (call?.path === '/livestream/end') return () => endLivestream(server);
  if (call) return () => runCall(baseUrl, call);
  if (code.startsWith('curl ')) return () => runCurl(example);
  if (code === './start_media_server.sh') return runStart;
  if (code.startsWith('uvicorn main:app')) return () => runBackend(example);
  if (code.startsWith('ws://')) return () => exchangeMessages(code.replace('{room_id}', 'signal-room'));
  if (language === 'python') return () => runPython(example);
  if (language === 'json') return () => runConfiguration(example);
  return undefined;
}

describe.each(documents)('$file', ({ examples, baseUrl }) => {
  const runnable = examples
    .filter(({ code }) => !Object.keys(notRun).some((start) => code.startsWith(start)))
    .map((example) => [`${example.place}: ${example.code.split('\n', 1)}`, example] as const);

  it.each(runnable)('%s', async (_name, example) => {
    const runner = runnerOf(example, baseUrl);
    expect(runner, 'nothing runs this example, and not-run.ts does not say why').toBeDefined();
    await runner?.();
  });
});

it('finds every example that is said not to be run', () => {
  const codes = documents.flatMap(({ examples }) => examples.map(({ code }) => code));
  expect(Object.keys(notRun).filter((start) => !codes.some((code) => code.startsWith(start)))).toEqual([]);
});
