import type { StreamWarning } from '@bitbasel/protocol';
import { expect, it } from 'vitest';
import { newWarnings } from './new-warnings.ts';

const warning = (code: StreamWarning['code'], since: string, rid?: string): StreamWarning => ({
  ...{ code, kind: 'video', since, detail: `seen at ${since}`, advice: 'Something.' },
  ...(rid !== undefined && { rid }),
});

it('are those of another kind, another layer, or another time, however their figures move', () => {
  const before = [warning('below-target', 'one', 'q'), warning('frozen-video', 'one')];
  const moved = { ...warning('below-target', 'one', 'q'), detail: 'seen a little later' };
  const added = [warning('below-target', 'one', 'h'), warning('frozen-video', 'two'), warning('b-frames', 'two')];
  expect(newWarnings(before, [moved, ...added])).toEqual(added);
  expect(newWarnings(before, [])).toEqual([]);
});
