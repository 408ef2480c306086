import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configSchema } from '../../config/schema.ts';
import { ntpQuestion } from '../ntp-query.ts';
import { checkClock } from './clock.ts';

const host = '127.0.0.1';
const { auth } = configSchema.parse({});

/** A web server whose clock is another. @returns its URL */
async function webClock(headers: (nowMs: number) => Record<string, string>): Promise<string> {
  const server = createServer((_request, response) => {
    response.sendDate = false;
    response.writeHead(404, headers(Date.now())).end();
  }).listen(0, host);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

/** Where nobody listens any more. */
async function closedUrl(): Promise<string> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://${host}:${port}`;
}

const date = (ms: number) => ({ date: new Date(ms).toUTCString() });

/** An NTP server that is so far before us. @returns its URL */
async function ntpClock(aheadMs: number, change: (answer: Buffer) => void = () => {}): Promise<string> {
  const socket = createSocket('udp4').bind(0, host);
  onTestFinished(() => void socket.close());
  socket.on('message', (question, from) => {
    const time = ntpQuestion(Date.now() + aheadMs).subarray(40, 48);
    const answer = Buffer.concat([
      Buffer.from([0x24, 2, 0, 0]),
      Buffer.alloc(20),
      question.subarray(40, 48),
      time,
      time,
    ]);
    change(answer);
    socket.send(answer, from.port, from.address);
  });
  await once(socket, 'listening');
  return `ntp://${host}:${socket.address().port}`;
}

describe('the clock', () => {
  it.each([
    [0, 'ok'],
    [12_000, 'warning'],
    [-12_000, 'warning'],
    [45_000, 'failed'],
    [-45_000, 'failed'],
  ])('beside a web server that is %s ms before it is %s', async (aheadMs, verdict) => {
    const finding = await checkClock({ auth }, await webClock((nowMs) => date(nowMs + aheadMs)), 5000);
    expect(finding.verdict, finding.detail).toBe(verdict);
  });

  it.each([
    [100, 'ok'],
    [-12_000, 'warning'],
    [45_000, 'failed'],
  ])('beside an NTP server that is %s ms before it is %s', async (aheadMs, verdict) => {
    const finding = await checkClock({ auth }, await ntpClock(aheadMs), 5000);
    expect(finding.verdict, finding.detail).toBe(verdict);
    expect(finding.detail).toContain(aheadMs > 0 ? 'behind' : 'before');
  });

  it('is compared with the JWKS host where no other is given', async () => {
    const url = await webClock((nowMs) => date(nowMs + 60_000));
    expect((await checkClock({ auth: { ...auth, jwks_url: `${url}/jwks.json` } }, undefined, 5000)).verdict).toBe(
      'failed',
    );
    expect((await checkClock({ auth }, undefined, 5000)).verdict).toBe('skipped');
  });

  it('takes the age of an answer from a cache into account', async () => {
    const url = await webClock((nowMs) => ({ ...date(nowMs - 100_000), age: '100' }));
    expect((await checkClock({ auth }, url, 5000)).verdict).toBe('ok');
  });

  it.each<[string, () => Promise<string>, string]>([
    ['a server without a Date', () => webClock(() => ({})), 'no Date header'],
    ['nobody there', closedUrl, 'ECONNREFUSED'],
    ['an NTP server without time', () => ntpClock(0, (answer) => answer.writeUInt8(0, 1)), 'no time itself'],
    ['a forged answer', () => ntpClock(0, (answer) => answer.writeUInt8(1, 24)), 'another question'],
    ['another scheme', async () => 'ftp://example.org', 'no source of time'],
  ])('cannot be told by %s', async (_what, source, reason) => {
    const finding = await checkClock({ auth }, await source(), 5000);
    expect(finding).toMatchObject({ verdict: 'failed', detail: expect.stringContaining(reason) });
  });

  it('cannot be told by a silent NTP server', async () => {
    const socket = createSocket('udp4').bind(0, host);
    onTestFinished(() => void socket.close());
    await once(socket, 'listening');
    const finding = await checkClock({ auth }, `ntp://${host}:${socket.address().port}`, 50);
    expect(finding.detail).toContain('did not answer');
  });
});
