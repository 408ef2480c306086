import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { Program } from '../support/program.ts';

// Two servers that count together in a real Redis, and what they do when it is killed.

let redis: Program;
let port: number;
let servers: MediaServerProcess[] = [];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const found = (server.address() as AddressInfo).port;
  await new Promise((resolve) => server.close(resolve));
  return found;
}

async function startRedis(): Promise<void> {
  redis = new Program('redis-server', {
    arguments: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
  });
  await redis.printed(/Ready to accept connections/);
}

beforeAll(async () => {
  port = await freePort();
  await startRedis();
  const settings = { 'rate_limits.redis_url': `redis://127.0.0.1:${port}`, 'rate_limits.rooms_per_minute': '6' };
  servers = await Promise.all([MediaServerProcess.start(settings), MediaServerProcess.start(settings)]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await redis?.kill();
});

/** The status of a call that makes a room. */
async function create(server: MediaServerProcess | undefined, roomId: string): Promise<number> {
  const response = await fetch(`${server?.url}/rooms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ room_id: roomId }),
  });
  return response.status;
}

it('two servers share a limit in Redis; each counts alone while Redis is away, and goes on', async () => {
  const [first, second] = servers;
  const statuses: number[] = [];
  for (let call = 0; call < 10; call += 1)
    statuses.push(await create(call % 2 === 0 ? first : second, `shared-${call}`));
  expect(statuses).toEqual([...Array(6).fill(201), ...Array(4).fill(429)]);

  await redis.kill();
  await eventually(
    async () => servers.map(({ output }) => /Redis is away/.test(output)),
    (told) => told.every(Boolean),
    'both servers to say that Redis is away',
  );
  // Nobody is kept waiting, and each has the whole limit to itself now.
  const alone: number[] = [];
  for (let call = 0; call < 8; call += 1) alone.push(await create(first, `alone-${call}`));
  expect(alone).toEqual([...Array(6).fill(201), 429, 429]);
  expect(await create(second, 'alone')).toBe(201);

  await startRedis();
  await eventually(
    async () => servers.map(({ output }) => /Redis is back/.test(output)),
    (told) => told.every(Boolean),
    'both servers to say that Redis is back',
  );
  expect(servers.map(({ output }) => output.match(/Redis is away/g)?.length)).toEqual([1, 1]);
  expect(await create(first, 'back')).toBe(201);
});
