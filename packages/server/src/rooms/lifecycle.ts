import type { ChatMessage, HostQuality, RoomSettings, StreamWarning, ViewerQuality } from '@bitbasel/protocol';
import type { AppError } from '../errors.ts';
import type { CloseReason } from './close-reason.ts';
import type { Role, SessionKind } from './session.ts';

/** What does not change in a room's life; with it the room can be made again after a restart. */
export interface RoomIdentity {
  readonly id: string;
  readonly owner: string | null;
  readonly postId: string | null;
  readonly settings: RoomSettings;
  readonly createdUs: number;
}

/** A session as those outside may know it. */
export interface SessionFacts {
  readonly publicId: string;
  readonly role: Role;
  readonly kind: SessionKind;
  readonly userId: string | null;
  readonly counters: { readonly bytesSent: number; readonly bytesReceived: number };
}

/** What happens to rooms and in them; never anything per packet. Viewer counts are those after the event. */
export type LifecycleEvent =
  | { type: 'room-started'; room: RoomIdentity }
  | { type: 'room-ended'; roomId: string; reason: 'stopped' | 'idle' | 'shutdown' }
  | { type: 'session-connected'; roomId: string; session: SessionFacts; viewerCount: number }
  /** Only of one that was connected, and with the same object. `quality`: how good it was up to then. */
  | {
      type: 'session-ended';
      roomId: string;
      session: SessionFacts;
      reason: CloseReason;
      viewerCount: number;
      quality: HostQuality | ViewerQuality;
    }
  | { type: 'warnings-raised'; roomId: string; warnings: readonly StreamWarning[] }
  | { type: 'chat-message'; roomId: string; message: ChatMessage }
  | { type: 'limit-hit'; roomId: string | null; limit: string; detail: string };

/** Whoever keeps a record of it. Must not throw, and must not wait. */
export interface LifecycleSink {
  emit(event: LifecycleEvent): void;
}

/** For servers, and tests, that keep none. */
export const nullLifecycleSink: LifecycleSink = { emit: () => {} };

/** Tells of a limit that keeps somebody out, and gives the error back to be thrown. */
export function limitHit(sink: LifecycleSink, limit: string, roomId: string | null, error: AppError): AppError {
  sink.emit({ type: 'limit-hit', roomId, limit, detail: error.message });
  return error;
}
