import { describe, expect, it } from 'vitest';
import { parseMetrics } from './prometheus.ts';

describe('metrics', () => {
  it('are told apart by name and labels', () => {
    const samples = parseMetrics(
      [
        '# HELP up Whether',
        '# TYPE up gauge',
        'up 1',
        'rooms{state="live",kind="a b"} 2',
        'rooms{state="waiting",kind="x,\\"y\\"}"} 3e-2',
        'timed{le="+Inf"} 4 1395066363000',
        'no metric at all',
        '',
      ].join('\n'),
    );
    expect(samples.get('up')).toEqual([{ labels: {}, value: 1 }]);
    expect(samples.get('rooms')).toEqual([
      { labels: { state: 'live', kind: 'a b' }, value: 2 },
      { labels: { state: 'waiting', kind: 'x,"y"}' }, value: 0.03 },
    ]);
    expect(samples.get('timed')).toEqual([{ labels: { le: '+Inf' }, value: 4 }]);
    expect([...samples.keys()]).toEqual(['up', 'rooms', 'timed']);
  });
});
