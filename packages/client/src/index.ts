export type { ActiveSpeaker, LayerNotice, StreamWarning, StreamWarningCode } from '@bitbasel/protocol';
export type { SessionError } from './attempt.ts';
export type { ShownHost } from './host-streams.ts';
export { type PublishOptions, type PublishSession, publish } from './publish.ts';
export type { LayerStats, PublishStats } from './publish-stats.ts';
export type { SessionEvents, SessionOptions, SessionState } from './session.ts';
export { type LayerChoice, type WatchOptions, type WatchSession, watch } from './watch.ts';
export type { WatchStats } from './watch-stats.ts';
