import { defineConfig } from 'vitest/config';

/** For the servers that tests start as people do: they are to find no rooms of other tests, and to leave no file. */
const env = { BITBASEL_HISTORY_MODE: 'memory' };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          env,
          include: [
            'packages/*/src/**/*.test.ts',
            'bench/**/*.test.ts',
            'scripts/**/*.test.ts',
            'web/**/*.test.ts',
            'test/sim/**/*.test.ts',
          ],
          pool: 'forks',
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'system',
          env,
          include: ['test/**/*.test.ts'],
          exclude: ['test/sim/**'],
          pool: 'forks',
          // Real browsers and a real server share two cores: one file at a time keeps media smooth.
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
});
