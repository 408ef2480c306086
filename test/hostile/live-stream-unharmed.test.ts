import type { Socket } from 'node:net';
import type { ServerStats } from '@bitbasel/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { sendBadDatagrams } from './bad-datagrams.ts';
import { damaged, realOffers } from './bad-descriptions.ts';
import { badCalls, badRequests, endlessCalls, halfRequests } from './bad-http.ts';
import { damagedOffers, nonsense, outOfOrder } from './bad-signaling.ts';
import { badUpgrades, brokenFrames, closeCodeAfter, dropSockets } from './broken-websockets.ts';
import { converse } from './conversation.ts';
import { HostileHost } from './hostile-host.ts';
import { HostileViewer } from './hostile-viewer.ts';
import { call, callRaw, describeCall, faultOf, leaveOpen } from './http-call.ts';
import { LiveRoom } from './live-room.ts';
import { RandomBytes } from './random-bytes.ts';

// One server, one live room whose viewers check every packet, and all that can be done to a server from outside.
// The tests run one after the other while the stream goes on.

let server: MediaServerProcess;
let live: LiveRoom;
let halfOpen: readonly Socket[];
/** Path of the host's own session: whoever knows it may still not break it by what is malformed. */
let session: string;

beforeAll(async () => {
  server = await MediaServerProcess.start();
  live = await LiveRoom.open(server.url, 'live', 2);
  session = new URL(live.hostUrl).pathname;
  halfOpen = await Promise.all(halfRequests.map((bytes) => leaveOpen(server.port, bytes)));
});

afterAll(async () => {
  await server?.stop();
});

describe('HTTP', () => {
  afterEach(expectUnharmed);

  it('answers what is malformed, of the wrong type, unknown or absurd with a problem that says so', async () => {
    const faults = [];
    for (const bad of badCalls(session)) {
      const fault = faultOf(await call(server.port, bad));
      if (fault !== undefined) faults.push(`${describeCall(bad)}: ${fault}`);
    }
    expect(faults).toEqual([]);
  });

  it('refuses bodies without end, whether or not the client listens', async () => {
    for (const bad of endlessCalls(session)) {
      // The connection may break before a client that goes on sending hears the answer.
      const answer = await call(server.port, bad).catch(() => undefined);
      if (answer !== undefined) expect([answer.status, faultOf(answer)]).toEqual([413, undefined]);
    }
  });

  it('refuses what is no HTTP, and no handshake, the former with a problem as well', async () => {
    for (const bytes of badRequests) {
      const answer = await callRaw(server.port, bytes);
      expect([400, 404, 405, 431], bytes).toContain(answer.status);
      // Where there is no Host, Node answers by itself.
      if (/host:/i.test(bytes) || !bytes.startsWith('GET /health')) expect(faultOf(answer), bytes).toBeUndefined();
    }
    for (const bytes of badUpgrades) {
      const { status } = await callRaw(server.port, bytes);
      expect([400, 404, 405, 431], bytes).toContain(status);
    }
  });

  it('takes damaged offers for what they are', async () => {
    const random = new RandomBytes(2);
    const faults = [];
    for (const offer of realOffers) {
      for (const path of Array(10).fill(['/whip/live', '/whep/live', '/whip/other']).flat()) {
        const bad = { method: 'POST', path, type: 'application/sdp', body: damaged(offer, random) };
        const answer = await call(server.port, bad);
        // Some damage does no harm.
        if (answer.status === 201) await fetch(answer.location ?? '', { method: 'DELETE' });
        else if (faultOf(answer) !== undefined) faults.push(`${bad.body}: ${faultOf(answer)}`);
      }
    }
    expect(faults).toEqual([]);
  });
});

describe('WebSocket', () => {
  afterEach(expectUnharmed);

  it.each([
    ['nonsense', nonsense(new RandomBytes(3))],
    ['messages out of order', outOfOrder],
    ['damaged offers and answers', damagedOffers(new RandomBytes(4))],
  ])('answers %s with an error, or closes with a code', async (_what, conversations) => {
    const faults = [];
    for (const conversation of conversations) faults.push(await converse(server.port, conversation));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });

  it('closes with its code after a frame that is broken', async () => {
    for (const [what, frame, code] of brokenFrames) expect(await closeCodeAfter(server.port, frame), what).toBe(code);
  });

  it('minds no sockets that are dropped half-way', async () => {
    await dropSockets(server.port, 64, new RandomBytes(5));
  });
});

describe('media', () => {
  afterEach(expectUnharmed);

  it('is silent about random and forged datagrams, and lets none into a session', async () => {
    expect(await sendBadDatagrams(server.mediaPort, 12_000, live.hostUsername, new RandomBytes(6))).toBe(0);
  });

  it('bears a hostile viewer in the room itself, and repeats no more for it than was sent', async () => {
    const viewer = await HostileViewer.watch(`${server.url}/whep/live`, new RandomBytes(7));
    await viewer.rage();
    expect(viewer.repeated).toBeGreaterThan(0);
    expect(viewer.repeated).toBeLessThan(2 * viewer.forwarded);
    await viewer.leave();
  });

  it('bears a room whose host and viewer are hostile', async () => {
    const host = await HostileHost.publish(`${server.url}/whip/hostile`, new RandomBytes(8));
    const viewer = await HostileViewer.watch(`${server.url}/whep/hostile`, new RandomBytes(9));
    await eventually(
      () => {
        host.sendKeyframe();
        return viewer.forwarded;
      },
      (packets) => packets > 0,
      'video at the hostile viewer',
    );
    const [sent] = await Promise.all([host.rage(), viewer.rage()]);
    expect(sent).toBeGreaterThan(1000);
    await viewer.leave();
    await host.leave();
  });
});

it('has lost nothing at the end, and nothing is left behind', async () => {
  for (const socket of halfOpen) socket.destroy();
  await expectUnharmed();
  await live.close();
  expect(live.faults).toEqual([]);
  const nobody = { active_rooms: 0, total_peers: 0, total_viewers: 0, total_hosts: 0 };
  expect(await server.json<ServerStats>('/stats')).toMatchObject(nobody);
  expect(server.errors).toEqual([]);
  expect(await server.stop()).toBe(0);
});

async function expectUnharmed(): Promise<void> {
  expect(await server.json('/health')).toMatchObject({ status: 'healthy' });
  await live.goOn();
  expect(live.faults).toEqual([]);
}
