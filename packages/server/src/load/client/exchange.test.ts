import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { end, exchange } from './exchange.ts';

const transport = {
  ice: { ufrag: 'ours', pwd: 'abcdefghijklmnopqrstuv' },
  fingerprint: { algorithm: 'sha-256', value: 'AA' },
  dtlsRole: 'client',
} as const;

function description(setup: string, ...sections: string[][]): string {
  const lines = [
    'a=ice-ufrag:theirs',
    'a=ice-pwd:abcdefghijklmnopqrstuv',
    'a=fingerprint:sha-256 BB',
    `a=setup:${setup}`,
  ];
  return ['v=0', 's=-', ...sections.flatMap((section) => [...section, ...lines]), ''].join('\r\n');
}

const video = ['m=video 9 UDP/TLS/RTP/SAVPF 98 100', 'a=mid:v', 'a=rtpmap:98 AV1/90000', 'a=rtpmap:100 VP8/90000'];
const answer = description('passive', video);

interface Seen {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

let server: Server | undefined;

afterEach(() => server?.close());

/** A server that does as it is told; resolves to its URL and what it has been asked. */
async function serve(respond: (seen: Seen, response: ServerResponse) => void) {
  const calls: Seen[] = [];
  const listening = createServer(async (request: IncomingMessage, response) => {
    let body = '';
    for await (const text of request.setEncoding('utf8')) body += text;
    const { method, url: path, headers } = request;
    const seen = { method, path, authorization: headers.authorization, body };
    calls.push(seen);
    respond(seen, response);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, calls };
}

it('posts the offer with the token, and resolves a relative Location', async () => {
  const { url, calls } = await serve((_, response) => response.writeHead(201, { location: 'sessions/7' }).end(answer));
  const { description: found, resource } = await exchange(`${url}/whep/room`, 'secret', 'v=0 offer', transport);
  expect(found.transport.ice.ufrag).toBe('theirs');
  expect(resource).toBe(`${url}/whep/sessions/7`);
  expect(calls).toEqual([{ method: 'POST', path: '/whep/room', authorization: 'Bearer secret', body: 'v=0 offer' }]);
});

it('takes a 200, and an answer without a Location', async () => {
  const { url } = await serve((_, response) => response.writeHead(200).end(answer));
  await expect(exchange(url, undefined, 'v=0', transport)).resolves.toMatchObject({ resource: undefined });
});

it('follows a redirect with its body, and resolves Location by where it was answered', async () => {
  const { url, calls } = await serve(({ path }, response) => {
    if (path === '/a') response.writeHead(307, { location: '/edge/b' }).end();
    else response.writeHead(201, { location: 'c' }).end(answer);
  });
  const { resource } = await exchange(`${url}/a`, 'secret', 'v=0 offer', transport);
  expect(resource).toBe(`${url}/edge/c`);
  expect(calls.map(({ path, body, authorization }) => [path, body, authorization])).toEqual([
    ['/a', 'v=0 offer', 'Bearer secret'],
    ['/edge/b', 'v=0 offer', 'Bearer secret'],
  ]);
});

it('gives up on redirects that go round', async () => {
  const { url } = await serve((_, response) => response.writeHead(307, { location: '/' }).end());
  await expect(exchange(url, undefined, 'v=0', transport)).rejects.toMatchObject({ kind: 'redirect' });
});

it('answers the offer of a server that refuses ours (406)', async () => {
  const unknown = ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=mid:d'];
  const counterOffer = description('actpass', video, unknown);
  const { url, calls } = await serve(({ method }, response) => {
    if (method === 'POST') response.writeHead(406, { location: '/s/1' }).end(counterOffer);
    else response.writeHead(204).end();
  });
  const { resource } = await exchange(`${url}/whep`, undefined, 'v=0 offer', transport);
  expect(resource).toBe(`${url}/s/1`);
  const patch = calls[1];
  expect(patch).toMatchObject({ method: 'PATCH', path: '/s/1' });
  expect(patch?.body).toContain('m=video 9 UDP/TLS/RTP/SAVPF 100\r\n');
  expect(patch?.body).toContain('a=ice-ufrag:ours');
  expect(patch?.body).toContain('a=setup:active');
  expect(patch?.body).toContain('m=application 0 ');
});

it('tells a refusal by its status, with what the server said and without its control characters', async () => {
  const { url } = await serve((_, response) => response.writeHead(401).end('{"detail":"bad\u001b[31m token"}'));
  const refused = exchange(url, 'x', 'v=0', transport);
  await expect(refused).rejects.toMatchObject({ kind: 'http 401' });
  await expect(refused).rejects.toThrow('was answered 401: {"detail":"bad [31m token"}');
});

it('tells of a description that cannot be used, and of a server that is not there', async () => {
  const { url } = await serve((_, response) => response.writeHead(201, { location: '/s' }).end('<html>'));
  await expect(exchange(url, undefined, 'v=0', transport)).rejects.toMatchObject({ kind: 'bad answer' });
  server?.close();
  server?.closeAllConnections();
  await expect(exchange(url, undefined, 'v=0', transport)).rejects.toMatchObject({ kind: 'ECONNREFUSED' });
});

it.each([
  [200, true],
  [204, true],
  [404, true],
  [410, true],
  [401, false],
  [500, false],
])('an end that is answered %d is an end: %s', async (status, isEnd) => {
  const { url, calls } = await serve((_, response) => response.writeHead(status).end());
  const ending = end(`${url}/s/1`, 'secret');
  if (isEnd) await ending;
  else await expect(ending).rejects.toMatchObject({ kind: `http ${status}` });
  expect(calls).toEqual([{ method: 'DELETE', path: '/s/1', authorization: 'Bearer secret', body: '' }]);
});
