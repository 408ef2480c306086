import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { askBinding } from './binding.ts';
import type { Endpoint } from './message.ts';
import { StunResponder } from './responder.ts';
import { parseStunUrl } from './stun-url.ts';

const host = '127.0.0.1';

it('a responder tells where a request came from, and is silent on anything else', async () => {
  const asked: Endpoint[] = [];
  const responder = await StunResponder.listen(host, 0, (from) => asked.push(from));
  onTestFinished(() => responder.close());
  const noise = createSocket('udp4');
  onTestFinished(() => void noise.close());
  for (const bytes of [Buffer.alloc(0), Buffer.from('hello'), Buffer.alloc(64, 1)])
    noise.send(bytes, responder.port, host);

  const { seenAs } = await askBinding({ host, port: responder.port, transport: 'udp' }, { timeoutMs: 5000 });
  expect(asked).toEqual([seenAs]);
  expect(seenAs.address).toBe(host);
});

it('a port where nobody is says so at once', async () => {
  const socket = createSocket('udp4').bind(0, host);
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  await expect(askBinding({ host, port, transport: 'udp' }, { timeoutMs: 30_000 })).rejects.toThrow('ECONNREFUSED');
});

it('a peer that only listens counts as silent', async () => {
  const socket = createSocket('udp4').bind(0, host);
  onTestFinished(() => void socket.close());
  await once(socket, 'listening');
  const { port } = socket.address();
  await expect(askBinding({ host, port, transport: 'udp' }, { timeoutMs: 50 })).rejects.toThrow('did not answer');
});

it('a server that hangs up, or speaks another protocol, is an error', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, host);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(askBinding({ host, port, transport: 'tcp' }, { timeoutMs: 30_000 })).rejects.toThrow('closed');
});

it.each([
  ['stun.example.org', { host: 'stun.example.org', port: 3478, transport: 'udp' }],
  ['192.0.2.1:9003', { host: '192.0.2.1', port: 9003, transport: 'udp' }],
  ['stun:stun.example.org:19302', { host: 'stun.example.org', port: 19_302, transport: 'udp' }],
  ['turn:[2001:db8::1]:3479?transport=tcp', { host: '2001:db8::1', port: 3479, transport: 'tcp' }],
  ['turns:turn.example.org', { host: 'turn.example.org', port: 5349, transport: 'tls' }],
  ['turns:turn.example.org?transport=udp', undefined],
  ['turn:turn.example.org:0', undefined],
  ['http://example.org', undefined],
  ['', undefined],
])('reads %s', (url, server) => {
  expect(parseStunUrl(url)).toEqual(server);
});
