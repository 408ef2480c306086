import { afterEach, describe, expect, it } from 'vitest';
import { testApp } from '../test-support/app.ts';
import { offers } from '../test-support/rooms.ts';

let server: Awaited<ReturnType<typeof testApp>>;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await server.app.close();
});

/** A viewer by WHEP whose media connection is up, and the server on a port of its own. */
async function watch() {
  server = await testApp();
  await server.goLive('a');
  const joined = await server.post('/whep/a', offers.viewer);
  server.transport.connection.become('connected');
  const origin = await server.app.listen({ host: '127.0.0.1', port: 0 });
  return { origin, path: new URL(String(joined.headers.location)).pathname, links: joined.headers.link };
}

/** Reads server-sent events, as far as they have come. */
async function openEvents(url: string) {
  const abort = new AbortController();
  cleanups.push(() => abort.abort());
  const response = await fetch(url, { signal: abort.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (part: string) => {
    while (!text.includes(part)) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) throw new Error(`ended without ${part}: ${text}`);
      text += value;
    }
    return text;
  };
  const ended = async () => {
    while (!((await reader?.read())?.done ?? true));
  };
  return { response, until, ended };
}

const subscribe = (origin: string, path: string, body?: unknown) =>
  fetch(`${origin}${path}/sse`, {
    method: 'POST',
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });

describe("WHEP's server-sent events", () => {
  it('are announced with the answer, each extension in a header of its own', async () => {
    const { links, path } = await watch();
    const extensions = [links].flat().filter((link) => String(link).includes('urn:ietf'));
    expect(extensions).toEqual([
      `<http://media.example.org${path}/sse>; rel="urn:ietf:params:whep:ext:core:server-sent-events"; ` +
        'events="active,inactive,layers,reconnect,viewercount,layer,notice"',
      `<http://media.example.org${path}/layer>; rel="urn:ietf:params:whep:ext:core:layer"`,
    ]);
  });

  it('tell what was asked for and no more, what came before the stream was opened too', async () => {
    const { origin, path } = await watch();
    const created = await subscribe(origin, path, ['active', 'inactive', 'viewercount', 'reconnect']);
    expect(created.status).toBe(201);
    const url = String(created.headers.get('location'));
    expect(url).toMatch(new RegExp(`^${origin}${path}/sse/`));

    const events = await openEvents(url);
    expect(events.response.headers.get('content-type')).toBe('text/event-stream');
    expect(events.response.headers.get('access-control-allow-origin')).toBe('*');
    await events.until('event: viewercount\ndata: {"viewercount":1}\n\n');
    for (const viewer of server.rooms.viewersByHttp) viewer.askToReconnect('https://other.example/whep/a');
    await events.until('event: reconnect\ndata: {"url":"https://other.example/whep/a"}\n\n');
    for (const host of server.rooms.get('a').hostSessions) host.close('left');
    const text = await events.until('event: inactive\ndata: {}\n\n');
    expect(text).toContain('event: active\ndata: {}\n\n');
    expect(text).not.toContain('event: layers');
  });

  it('take the place of an older connection, and end with DELETE and with the session', async () => {
    const { origin, path } = await watch();
    const url = String((await subscribe(origin, path)).headers.get('location'));
    const first = await openEvents(url);
    const second = await openEvents(url);
    await first.ended();
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(200);
    await second.ended();
    expect((await fetch(url)).status).toBe(404);

    const other = await openEvents(String((await subscribe(origin, path)).headers.get('location')));
    expect((await fetch(origin + path, { method: 'DELETE' })).status).toBe(200);
    await other.ended();
    expect(await (await subscribe(origin, path)).json()).toMatchObject({ code: 'session_not_found' });
  });

  it('refuse unknown events, and more streams than anybody needs', async () => {
    const { origin, path } = await watch();
    for (const wrong of [['dance'], {}, 'active']) expect((await subscribe(origin, path, wrong)).status).toBe(422);
    for (let count = 0; count < 4; count += 1) expect((await subscribe(origin, path)).status).toBe(201);
    expect(await (await subscribe(origin, path)).json()).toMatchObject({ code: 'too_many_event_streams', status: 429 });
  });
});

describe("WHEP's layer selection", () => {
  it('takes what is there, and tells what is not', async () => {
    const { path } = await watch();
    const select = (body: object) => server.call('POST', `${path}/layer`, body);
    expect((await select({ mediaId: '1', maxHeight: 360, temporalLayerId: 0 })).statusCode).toBe(200);
    expect((await select({})).statusCode).toBe(200);
    expect((await select({ rid: 'x' })).json()).toMatchObject({ status: 409, code: 'layer_not_available' });
    expect((await select({ mediaId: '7' })).json()).toMatchObject({ code: 'layer_not_available' });
    for (const wrong of [{ maxHeight: 0 }, { rid: 5 }, { spatialLayerId: -1 }])
      expect((await select(wrong)).statusCode).toBe(422);
  });
});
