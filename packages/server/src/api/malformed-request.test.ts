import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { refuseMalformed } from './malformed-request.ts';

const server = createServer().on('clientError', refuseMalformed);

beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
afterAll(() => void server.close());

/** All that comes back until the connection is closed. */
async function exchange(bytes: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(bytes);
  return text(socket);
}

const withLongHeader = (method: string) => `${method} / HTTP/1.1\r\nHost: x\r\nCookie: ${'x'.repeat(17_000)}\r\n\r\n`;

it('answers what is no HTTP with a problem', async () => {
  const [head, body = ''] = (await exchange('nonsense\r\n\r\n')).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'bad_request' });
});

it('answers headers that are too long with a problem that says so', async () => {
  const [head, body = ''] = (await exchange(withLongHeader('GET'))).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 431 /);
  expect(JSON.parse(body)).toMatchObject({ status: 431, code: 'headers_too_large' });
});

it('sends no body after a HEAD, but the length that it would have had', async () => {
  const [head, body] = (await exchange(withLongHeader('HEAD'))).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 431 .*\r\nContent-Length: [1-9]/s);
  expect(body).toBe('');
});
