import { expect, it } from 'vitest';
import { costsOf } from './profile-costs.ts';

function node(id: number, functionName: string, url = '') {
  return { id, callFrame: { functionName, url, lineNumber: 9 } };
}

it('sums self times by function and by group, and leaves idle time out', () => {
  const sfu = 'file:///srv/packages/server/src/sfu';
  const nodes = [
    node(1, '(idle)'),
    node(2, '(garbage collector)'),
    node(3, 'fanOut', `${sfu}/fan-out.ts`),
    // The same function, called from elsewhere.
    node(4, 'fanOut', `${sfu}/fan-out.ts`),
    { ...node(10, 'send', 'file:///srv/packages/server/src/transport/datachannel/connection.ts'), children: [5] },
    node(5, 'SomeClass'),
    node(6, 'update', `${sfu}/bwe/trendline.ts`),
    node(7, 'parse', 'file:///srv/packages/server/src/rtp/rtcp/report.ts'),
    node(8, 'get', 'file:///srv/packages/server/src/history/reads.ts'),
    node(9, 'onRequest', 'node:_http_server'),
  ];
  const samples = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1];
  const timeDeltas = [100, 10, 20, 30, 400, 5, 6, 7, 8, 100];
  const { busyUs, totalUs, groups, functions } = costsOf({ nodes, samples, timeDeltas });
  expect([busyUs, totalUs]).toEqual([486, 686]);
  expect(Object.fromEntries(groups.map(({ name, selfUs }) => [name, selfUs]))).toEqual({
    'native calls of the transport': 400,
    'our forwarding': 50,
    'garbage collection': 10,
    'HTTP and signaling': 8,
    'telemetry, history, logs': 7,
    RTCP: 6,
    'estimation and pacing': 5,
  });
  expect(groups[0]?.name).toBe('native calls of the transport');
  expect(functions[1]).toEqual({
    name: 'fanOut /srv/packages/server/src/sfu/fan-out.ts:10'.replace('packages/server/src/', ''),
    selfUs: 50,
  });
});
