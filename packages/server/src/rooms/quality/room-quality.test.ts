import { roomQualitySchema } from '@bitbasel/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { writeNack } from '../../rtp/rtcp/nack.ts';
import { writeReceiverReport } from '../../rtp/rtcp/report.ts';
import { testApp } from '../../test-support/app.ts';
import { offers } from '../../test-support/rooms.ts';

let server: Awaited<ReturnType<typeof testApp>>;

afterEach(async () => {
  await server.app.close();
});

/** A room with a host and one connected viewer by WHEP. */
async function room() {
  server = await testApp();
  const hostUrl = await server.goLive('a');
  const joined = await server.post('/whep/a', offers.viewer);
  const viewerUrl = new URL(String(joined.headers.location)).pathname;
  const connection = server.transport.connection;
  server.clock.advance(0.25);
  connection.become('connected');
  const ssrc = Number(/m=video[\s\S]*?a=ssrc:(\d+)/.exec(joined.body)?.[1]);
  const quality = async () => (await server.call('GET', '/rooms/a/quality')).json();
  return { hostUrl, viewerUrl, connection, ssrc, quality };
}

describe("a room's quality", () => {
  it('is of the documented shape, and shows no id that gives a right', async () => {
    const { hostUrl, viewerUrl, quality } = await room();
    const shown = await quality();
    expect(roomQualitySchema.parse(shown)).toEqual(shown);
    expect(shown).toMatchObject({
      room_id: 'a',
      hosts: [{ session_id: expect.stringMatching(/^s_/), state: 'connected', layers: [{}, {}], warnings: [] }],
      viewers: [{ session_id: expect.stringMatching(/^s_/), kind: 'http', connect_ms: 250, player: null }],
      summary: { viewers: 1, paused: 0, connect_ms: { count: 1, p50: 250 }, loss: { count: 0, p50: null } },
    });
    for (const url of [hostUrl, viewerUrl]) expect(JSON.stringify(shown)).not.toContain(url.split('/').at(-1));
  });

  it("shows what the viewer's reports say, and what it asks for", async () => {
    const { connection, ssrc, quality } = await room();
    const report = Buffer.alloc(100);
    const block = {
      ...{ ssrc, fractionLost: 64, cumulativeLost: 12, highestSequenceNumber: 700, jitter: 900 },
      ...{ lastSenderReport: 0, delaySinceLastSenderReport: 0 },
    };
    const length = writeReceiverReport(report, 0, { ssrc: 1, blocks: [block] });
    connection.receive(report.subarray(0, length));
    connection.receive(report.subarray(0, writeNack(report, 0, 1, ssrc, [1, 2, 400])));
    server.clock.advance(0.5);
    const shown = await quality();
    expect(shown.viewers[0]).toMatchObject({ packets_nacked: 3, round_trip_ms: null });
    const video = shown.viewers[0].tracks.find(({ kind }: { kind: string }) => kind === 'video');
    expect(video).toMatchObject({ loss: 0.25, packets_lost: 12, jitter_ms: 10, report_age_ms: 500, starved: false });
    expect(shown.summary).toMatchObject({ loss: { count: 1, p99: 0.25 }, jitter_ms: { p50: 10 } });
  });

  it('keeps what players report, at most one a second, within bounds', async () => {
    const { viewerUrl, quality } = await room();
    const report = (body: object) => server.call('POST', `${viewerUrl}/report`, body);
    expect((await report({ first_frame_ms: 180, freeze_count: 0 })).statusCode).toBe(204);
    server.clock.advance(0.5);
    expect((await report({ freeze_count: 99 })).statusCode).toBe(204);
    server.clock.advance(1);
    expect((await report({ freeze_count: 2 })).statusCode).toBe(204);
    const { viewers, summary } = await quality();
    expect(viewers[0].player).toMatchObject({ first_frame_ms: 180, freeze_count: 2 });
    expect(summary.first_frame_ms).toEqual({ count: 1, p50: 180, p90: 180, p99: 180 });
    for (const wrong of [{ freeze_count: -1 }, { first_frame_ms: 1e12 }, { width: 'x' }, []]) {
      expect(await report(wrong)).toMatchObject({ statusCode: 422 });
    }
  });

  it('refuses reports from a host and from nobody, and rooms that are not there', async () => {
    const { hostUrl } = await room();
    const url = hostUrl.replace('whip', 'whep');
    expect((await server.call('POST', `${url}/report`, {})).json()).toMatchObject({ code: 'session_not_found' });
    expect((await server.call('GET', '/rooms/b/quality')).json()).toMatchObject({ code: 'room_not_found' });
    expect((await server.call('PUT', '/rooms/a/quality')).statusCode).toBe(405);
  });
});
