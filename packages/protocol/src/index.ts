export * from './problem.ts';
export * from './quality.ts';
export * from './rest.ts';
export * from './room.ts';
export * from './signaling.ts';
export * from './stream-warning.ts';
export * from './token.ts';
