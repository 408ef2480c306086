export type { LayerNotice, MediaSettings, StreamWarning } from '@bitbasel/protocol';
export * from './devices.ts';
export * from './publish.ts';
export * from './watch.ts';
