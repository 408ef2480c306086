import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { MediaServerClient } from './client.ts';
import { MediaServerError, MediaServerUnavailable, NotFound, RateLimited } from './errors.ts';

// What a server may do wrong, by a script: an answer a request.

type Step = (request: IncomingMessage, response: ServerResponse) => void;
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const retry = { retries: 2, firstWaitMs: 1, longestWaitMs: 2000 };

async function script(...steps: Step[]): Promise<{ client: MediaServerClient; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  server = createServer((request, response) => {
    seen.push(request);
    const step = steps[seen.length - 1];
    if (step === undefined) throw new Error('The script has no more answers.');
    request.resume().on('end', () => step(request, response));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { client: new MediaServerClient(`http://127.0.0.1:${port}/`, { retry }), seen };
}

const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Step =>
  (_request, response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
const broken: Step = (request) => request.socket.destroy();
const silent: Step = () => {};
const problem = (code: string, retryable: boolean) => ({ code, retryable, detail: `It is ${code}.` });
const ok = { room_id: 'room_1' };

describe('a call', () => {
  it('is repeated where its answer was lost, if twice does no more than once', async () => {
    const { client, seen } = await script(broken, answer(502, '<html>'), answer(200, ok));
    expect(await client.createRoom('post', 'user')).toBe('room_1');
    expect(seen.length).toBe(3);
  });

  it.each([
    ['a lost answer', broken],
    ['a bad gateway', answer(502, '')],
    ['an error within', answer(500, problem('internal', true))],
  ])('is not repeated after %s where it might do something twice', async (_what, step) => {
    const { client, seen } = await script(step);
    await expect(client.startLivestream('eve')).rejects.toThrow(MediaServerError);
    expect(seen.length).toBe(1);
  });

  it('that was refused did nothing, so that each may be repeated', async () => {
    const refusals = [
      answer(429, problem('rate_limited', true), { 'retry-after': '0' }),
      answer(503, problem('draining', true)),
    ];
    const { client } = await script(...refusals, answer(200, ok));
    expect((await client.startLivestream('eve')).room_id).toBe('room_1');
  });

  it('that ends something is done where its repetition finds nothing', async () => {
    const { client } = await script(broken, answer(404, problem('room_not_found', false)));
    await client.stopRoom('a');
    const first = await script(answer(404, problem('room_not_found', false)));
    await expect(first.client.stopRoom('a')).rejects.toThrow(NotFound);
  });

  it('waits no longer than it may, and tells how long the server asks', async () => {
    const { client, seen } = await script(answer(429, problem('rate_limited', true), { 'retry-after': '60' }));
    const error = await client.getStats().catch((cause) => cause);
    expect(error).toBeInstanceOf(RateLimited);
    expect(error).toMatchObject({ status: 429, code: 'rate_limited', retryAfterMs: 60_000, isRetryable: true });
    expect(error.advice).toContain('Retry-After');
    expect(seen.length).toBe(1);
  });

  it('gives up after its retries', async () => {
    const { client, seen } = await script(broken, broken, broken);
    await expect(client.listRooms()).rejects.toThrow(MediaServerUnavailable);
    expect(seen.length).toBe(3);
  });

  it('to a silent server ends after its time, to none with the reason', async () => {
    const { client } = await script(silent);
    const impatient = client.withOptions({ timeoutMs: 50, retry: { ...retry, retries: 0 } });
    await expect(impatient.health()).rejects.toMatchObject({ code: 'unavailable', detail: /no answer within 50 ms/ });
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    await expect(client.startLivestream('eve')).rejects.toThrow('ECONNREFUSED');
  });

  it('is given up by its signal, with the reason of that, also while it waits', async () => {
    const { client, seen } = await script(silent, answer(503, '', { 'retry-after': '1' }));
    const controller = new AbortController();
    const call = client.health({ signal: controller.signal });
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(1);
    controller.abort(new Error('not wanted any more'));
    await expect(call).rejects.toThrow('not wanted any more');
    const second = new AbortController();
    const waiting = client.health({ signal: second.signal });
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(2);
    second.abort(new Error('nor this'));
    await expect(waiting).rejects.toThrow('nor this');
  });

  it.each([['no JSON'], ['[]'], ['null'], ['{"other":1}']])('whose answer is %s is told as such', async (text) => {
    const { client } = await script(answer(200, text));
    await expect(client.listRooms()).rejects.toMatchObject({ code: 'bad_answer', status: 200 });
  });

  it('tells the faults of a body, and reads pages of proxies as well', async () => {
    const errors = [{ path: 'owner', message: 'is too long' }, 7];
    const { client } = await script(
      answer(422, { ...problem('validation_failed', false), errors }),
      answer(413, '<html>'),
    );
    await expect(client.openRoom('a')).rejects.toMatchObject({ faults: ['owner: is too long'] });
    await expect(client.openRoom('a')).rejects.toMatchObject({ code: 'http_413', advice: undefined });
  });

  it('does not take its token elsewhere', async () => {
    const { client, seen } = await script(answer(307, '', { location: 'http://127.0.0.1:1/' }));
    const once = client.withOptions({ token: async () => 'abc', retry: { ...retry, retries: 0 } });
    await expect(once.getStats()).rejects.toThrow(MediaServerUnavailable);
    expect(seen[0]?.headers.authorization).toBe('Bearer abc');
  });
});
