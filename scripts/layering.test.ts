import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

// The rules of layering.grit and biome.json, tried on code that breaks them: a rule that no longer matched would let all through.

const root = resolve(import.meta.dirname, '..');
const server = 'packages/server/src';

/** A file's place, its code, and a part of what the lint says of it, or undefined where it is fine. */
type Case = readonly [path: string, code: string, refusal: string | undefined];

const cases: readonly Case[] = [
  [`${server}/api/rooms.ts`, "export * from '../rooms/registry.ts';", undefined],
  [`${server}/api/whip.ts`, "export * from '../sdp/answer.ts';", 'api sees rooms'],
  [`${server}/api/stats.ts`, "export * from '../sfu/router.ts';", 'api sees rooms'],
  [`${server}/api/pages.ts`, "export * from '../signaling/socket.ts';", 'api sees rooms'],
  [`${server}/api/start.ts`, "export * from '../server.ts';", 'nothing but main.ts imports it'],
  [`${server}/main.ts`, "export * from './server.ts';", undefined],
  [`${server}/signaling/join.ts`, "export * from '../rooms/room.ts';", undefined],
  [`${server}/signaling/offer.ts`, "export * from '../transport/transport.ts';", 'signaling sees rooms'],
  [`${server}/telemetry/metrics.ts`, "export * from '../rooms/room.ts';", undefined],
  [`${server}/telemetry/layers.ts`, "export * from '../sfu/router.ts';", 'telemetry sees rooms'],
  [`${server}/rooms/room.ts`, "export * from '../sfu/router.ts';", undefined],
  [`${server}/rooms/negotiation.ts`, "export * from '../sdp/answer.ts';", undefined],
  [`${server}/rooms/session.ts`, "export * from '../transport/transport.ts';", undefined],
  [`${server}/rooms/connect.ts`, "export * from '../transport/datachannel/transport.ts';", 'rooms sees sfu'],
  [`${server}/rooms/limits.ts`, "export * from '../api/rooms.ts';", 'rooms sees sfu'],
  [`${server}/rooms/web.ts`, "export * from 'fastify';", 'rooms sees sfu'],
  [`${server}/rooms/record.ts`, "export * from '../history/store.ts';", 'rooms sees sfu'],
  [`${server}/history/recorder.ts`, "export * from '../rooms/lifecycle.ts';", undefined],
  [`${server}/history/hub.ts`, "export * from '../events/event-hub.ts';", 'history writes down'],
  [`${server}/load/viewer.ts`, "export * from '../sfu/nack-generator.ts';", undefined],
  [`${server}/load/offer.ts`, "export * from '../sdp/write.ts';", 'load is a client'],
  [`${server}/commands/load.ts`, "export const run = () => import('../load/command.ts');", undefined],
  [`${server}/rooms/replay.ts`, "export * from '../load/media/trace.ts';", 'load is a program of its own'],
  [`${server}/events/hub.ts`, "export * from '../history/store.ts';", undefined],
  [`${server}/events/route.ts`, "export * from '../api/events.ts';", 'events hands on'],
  [`${server}/doctor/checks/turn.ts`, "export * from '../../rooms/ice-servers.ts';", undefined],
  [`${server}/doctor/checks/rooms.ts`, "export * from '../../api/rooms.ts';", 'doctor looks at'],
  [`${server}/sfu/source.ts`, "export * from '../rtp/packet.ts';", undefined],
  [`${server}/sfu/bwe/null.ts`, "export * from '../../rtp/rtcp/index.ts';", undefined],
  [`${server}/sfu/sink.ts`, "export * from '../transport/transport.ts';", undefined],
  [`${server}/sfu/publisher.ts`, "export * from '../transport/datachannel/connection.ts';", 'sfu sees rtp'],
  [`${server}/sfu/router.ts`, "export * from '../rooms/room.ts';", 'sfu sees rtp'],
  [`${server}/sfu/codec.ts`, "export * from '../sdp/codecs.ts';", 'sfu sees rtp'],
  [`${server}/sfu/bwe/gcc.ts`, "export * from '../../config/config.ts';", 'sfu sees rtp'],
  [`${server}/sfu/socket.ts`, "export * from 'node:dgram';", 'no socket'],
  [`${server}/sfu/clock.ts`, 'export const nowMs = () => Date.now();', 'noRestrictedGlobals'],
  [`${server}/sfu/uptime.ts`, 'export const nowMs = () => performance.now();', 'noRestrictedGlobals'],
  [`${server}/sfu/hrtime.ts`, 'export const nowNs = () => process.hrtime.bigint();', 'noRestrictedGlobals'],
  [`${server}/sfu/nack.ts`, 'export const later = (task: () => void) => setTimeout(task, 20);', 'noRestrictedGlobals'],
  [`${server}/sfu/nack.test.ts`, "export * from 'node:dgram'; export const nowMs = () => Date.now();", undefined],
  [`${server}/sdp/answer.ts`, "export * from '../rtp/parameters.ts';", undefined],
  [`${server}/sdp/id.ts`, "export { randomBytes } from 'node:crypto';", undefined],
  [`${server}/sdp/type.ts`, "export type Router = import('../sfu/router.ts').Router;", 'sdp sees rtp'],
  [`${server}/sdp/viewer.ts`, "export * from '../sfu/router.ts';", 'sdp sees rtp'],
  [
    `${server}/sdp/ticker.ts`,
    'export const tick = (task: () => void) => setInterval(task, 20);',
    'noRestrictedGlobals',
  ],
  [`${server}/rtp/packet.ts`, "export * from './extension.ts';", undefined],
  [`${server}/rtp/rtcp/nack.ts`, "export * from '../../sfu/packet-ring.ts';", 'rtp is the ground floor'],
  [`${server}/rtp/ports.ts`, "export * from '../transport/transport.ts';", 'rtp is the ground floor'],
  [`${server}/rtp/log.ts`, "export * from '../logger.ts';", 'no socket'],
  [`${server}/transport/datachannel/connection.ts`, "export * from '../transport.ts';", undefined],
  [`${server}/transport/datachannel/pipe.ts`, "export * from '../../sdp/answer.ts';", 'transport carries packets'],
  [`${server}/config/config.ts`, "export * from '../rooms/limits.ts';", 'see none'],
  [`${server}/errors.ts`, "export * from './api/problem.ts';", 'see none'],
  [`${server}/server.ts`, "export * from './transport/datachannel/transport.ts';", undefined],
  ['packages/protocol/src/room.ts', "export * from 'zod';", undefined],
  ['packages/protocol/src/rest.ts', "export * from '../../server/src/errors.ts';", 'wire format alone'],
  ['packages/protocol/src/hash.ts', "export * from 'node:crypto';", 'wire format alone'],
  ['packages/node-client/src/errors.ts', "export * from '../../server/src/errors.ts';", 'for backends talks'],
  ['packages/node-client/src/types.ts', "export { roomIdSchema } from '@bitbasel/protocol';", 'import only types'],
  ['packages/node-client/src/rooms.ts', "export type { RoomInfo } from '@bitbasel/protocol';", undefined],
  ['packages/client/src/types.ts', "export type { RoomInfo } from '@bitbasel/protocol';", undefined],
  [
    'packages/client/src/watch.ts',
    "import type { RoomInfo } from '@bitbasel/protocol';\nexport type R = RoomInfo;",
    undefined,
  ],
  ['packages/client/src/schema.ts', "export { roomIdSchema } from '@bitbasel/protocol';", 'import only types'],
  ['packages/client/src/all.ts', "export * from '@bitbasel/protocol';", 'import only types'],
  ['packages/client/src/late.ts', "export const late = () => import('@bitbasel/protocol');", 'import only types'],
  [
    'packages/client/src/mixed.ts',
    "import { type A, b } from '@bitbasel/protocol';\nexport const c: A = b;",
    'import only types',
  ],
  ['web/home.ts', "import * as protocol from '@bitbasel/protocol';\nexport const p = protocol;", 'import only types'],
  ['web/card.ts', "export * from '../packages/client/src/watch.ts';", undefined],
  ['web/live.ts', "export * from '../packages/server/src/errors.ts';", 'over the wire only'],
];

interface LintReport {
  diagnostics: { location: { path: string } }[];
}

let project: string;
let report: LintReport;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'layering-'));
  for (const file of ['biome.json', 'scripts/layering.grit']) cpSync(join(root, file), join(project, file));
  for (const [path, code] of cases) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), `${code}\n`);
  }
  const lint = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'];
  report = JSON.parse(
    spawnSync(join(root, 'node_modules/.bin/biome'), lint, { cwd: project, encoding: 'utf8' }).stdout,
  );
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

it.each(cases)('%s: %s', (path, _code, refusal) => {
  const findings = report.diagnostics.filter(({ location }) => location.path === path);
  if (refusal === undefined) expect(findings).toEqual([]);
  else expect(JSON.stringify(findings)).toContain(refusal);
});

it('has no two cases in one file', () => {
  expect(new Set(cases.map(([path]) => path)).size).toBe(cases.length);
});
