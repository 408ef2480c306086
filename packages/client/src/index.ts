export type {
  ChatMessage,
  ChatPerson,
  ChatRole,
  HostInfo,
  HostWarning,
  LayerNotice,
  MediaSettings,
  RoomInfo,
  RoomSettings,
  StreamWarning,
} from '@bitbasel/protocol';
export * from './chat.ts';
export * from './devices.ts';
export * from './publish.ts';
export type { ServerClock } from './server-clock.ts';
export type { Session } from './session.ts';
export type { StreamErrorDetails } from './stream-error.ts';
export type { TypedEventTarget } from './typed-event-target.ts';
export * from './watch.ts';
