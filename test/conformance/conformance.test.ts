import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../packages/whip-conformance/src/check.ts';
import { MediaServerProcess } from '../support/media-server.ts';

// The conformance suite as people run it, against this server as people run it.

const command = resolve(import.meta.dirname, '../../node_modules/.bin/whip-conformance');
let server: MediaServerProcess;

beforeAll(async () => {
  server = await MediaServerProcess.start({
    'server.host': '127.0.0.1',
    ice_servers: '[{"urls":"stun:127.0.0.1:3478"},{"urls":"turn:127.0.0.1:3478","username":"u","credential":"p"}]',
  });
});

afterAll(async () => {
  await server?.stop();
});

it('passes everything that applies', async () => {
  const urls = [`${server.url}/whip/conformance`, '--whep', `${server.url}/whep/conformance`];
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...urls, '--json', '--strict']);
  const reports = JSON.parse(stdout) as Report[];
  const failed = reports.filter(({ result }) => result === 'fail');
  expect(failed).toEqual([]);
  expect(reports.filter(({ result }) => result === 'not applicable').map(({ id }) => id)).toEqual([
    // Without a token.
    'token-in-url',
    // ICE restarts are not there yet.
    'etag-strong',
    'if-match-missing',
    'if-match-mismatch',
    'restart',
    'restart-quoted-star',
    'token-missing',
    'token-wrong',
    // Nothing redirects, and nothing is full.
    'redirect-307',
    'busy-retry-after',
  ]);
  expect(await server.json('/stats')).toMatchObject({ total_peers: 0 });
});

it('tells by its exit code that a server fails', async () => {
  const failing = promisify(execFile)(process.execPath, [command, `${server.url}/health`, '--json']);
  const error = await failing.then(
    () => undefined,
    (cause: { code: number; stdout: string }) => cause,
  );
  expect(error?.code).toBe(1);
  expect((JSON.parse(error?.stdout ?? '[]') as Report[]).find(({ id }) => id === 'post-created')?.result).toBe('fail');
});
