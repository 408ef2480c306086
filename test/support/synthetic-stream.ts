/** The load generator's media is the tests' too. */
export * from '../../packages/server/src/load/media/synthetic-stream.ts';
