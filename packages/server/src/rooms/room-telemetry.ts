import type { StreamWarning } from '@bitbasel/protocol';
import type { Role } from './session.ts';

/** Whoever counts what happens once: what is the case now is read from the rooms instead. */
export interface RoomTelemetry {
  /** A try to get a session: `ok`, or the code of the error. */
  onJoin(role: Role, outcome: string): void;
  onConnected(role: Role, connectUs: number): void;
  /** Of whom nothing came within the first seconds: UDP blocked, most likely. */
  onUnreached(role: Role): void;
  /** As a viewer's player reports it. */
  onFirstFrame(firstFrameMs: number): void;
  onWarning(warning: StreamWarning): void;
}

export const nullTelemetry: RoomTelemetry = {
  onJoin() {},
  onConnected() {},
  onUnreached() {},
  onFirstFrame() {},
  onWarning() {},
};
