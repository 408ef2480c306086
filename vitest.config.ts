import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const env = {
  /** For the servers that tests start as people do: they are to find no rooms of other tests, and to leave no file. */
  BITBASEL_HISTORY_MODE: 'memory',
  /** A server compiles its sources once, and not at each start: a third of the CPU time of one. */
  NODE_COMPILE_CACHE: resolve(import.meta.dirname, 'node_modules/.cache/node'),
};

/** They bound how long a test hangs, on a busy machine as well: none is to say how quick anything is. */
const patience = { testTimeout: 180_000, hookTimeout: 180_000 };

const setupFiles = ['test/support/tell-on-failure.ts'];

/** Tests in which no media has to be smooth: two at a time. */
const unhurried = [
  'test/{commands,conformance,deploy,doctor,drain,fuzz,guides,limits,load,package,peers,proxy,restart,security,seeds,soak}/**/*.test.ts',
  'test/chaos/{abandoned-handshakes,clock-jumps,deaf-websockets,half-open-http,turn-killed}.test.ts',
  'test/browser/{dashboard,docs-pages,pages,player,sdp,settings,signaling,tokens}.test.ts',
  'test/{hostile/track-check,linter/fixtures}.test.ts',
  'test/network/udp-blocked.test.ts',
  'test/{clients,example}/**/*.test.ts',
];

export default defineConfig({
  test: {
    reporters: ['default', './test/support/failed-tests.ts'],
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
          name: 'system-unhurried',
          env,
          setupFiles,
          include: unhurried,
          pool: 'forks',
          maxWorkers: 2,
          // Of tests in one file that say that they can run beside each other.
          maxConcurrency: 3,
          sequence: { groupOrder: 1 },
          ...patience,
        },
      },
      {
        test: {
          name: 'system',
          env,
          setupFiles,
          include: ['test/**/*.test.ts'],
          exclude: ['test/sim/**', ...unhurried],
          pool: 'forks',
          sequence: { groupOrder: 2 },
          // Real browsers and a real server share two cores: one file at a time keeps media smooth.
          fileParallelism: false,
          ...patience,
        },
      },
    ],
  },
});
