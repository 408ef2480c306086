import { expect, test } from 'vitest';
import { roomScenarios } from './room-scenarios.ts';

test.each(roomScenarios)('$name', ({ run }) => {
  expect(run(1)).toMatchObject({ failures: [] });
});
