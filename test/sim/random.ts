export * from '../../packages/server/src/load/random.ts';
