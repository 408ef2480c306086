import type { LegacyRoomStats, MediaEvent } from '@bitbasel/protocol';

// What comes over the wire, as the server's own schemas have it: keys as they are in its documents.
export type {
  ChatMessage,
  ChatPerson,
  Health,
  HostLayer,
  HostQuality,
  HostWarning,
  IceServer,
  LivestreamSession,
  MediaEvent,
  MediaSettings,
  Percentiles,
  Readiness,
  RoomChat,
  RoomHistory,
  RoomHistoryDetail,
  RoomHistoryPage,
  RoomInfo,
  RoomQuality,
  RoomSettings,
  ServerStats,
  SessionHistory,
  StreamWarning,
  Ticket,
  ViewerQuality,
  ViewersSummary,
  ViewerTrack,
} from '@bitbasel/protocol';

/** Whether a room is live, and how many watch. */
export type RoomStats = LegacyRoomStats;

export type MediaEventType = MediaEvent['type'];
