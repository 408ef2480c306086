import { z } from 'zod';
import { viewerReportSchema } from './quality.ts';
import {
  type ActiveSpeaker,
  type HostView,
  type MediaSettings,
  mostHosts,
  type RoomInfo,
  userIdSchema,
} from './room.ts';
import type { StreamWarning } from './stream-warning.ts';

/** Longest session description taken, in characters. Chromium's simulcast offers are about 8,000. */
export const maxSdpLength = 65_536;
const sdpSchema = z.string().min(1).max(maxSdpLength);

/** `broadcaster` is the documents' word for the host; both are taken. */
export const roleSchema = z.enum(['host', 'broadcaster', 'viewer']);

/** The messages a client may send on `/signal/{room_id}`. One JSON object a text frame. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('join'),
    role: roleSchema.default('viewer'),
    user_id: userIdSchema.optional(),
    /** An offer may come along with the join. */
    sdp: sdpSchema.optional(),
    /** Who writes the offer. With `server` the server sends its offer as soon as the room is live (at once to a host). */
    offer: z.enum(['client', 'server']).default('client'),
    /** A host takes the place of a session of the same user at once; else only of one that has fallen silent. */
    takeover: z.boolean().optional(),
    /**
     * How many hosts a viewer can show. Above 1, in a room that takes several, an `sdp` that came along is not answered:
     * the client offers anew after the welcome, with an audio and a video m-line for each of them, up to `max_hosts`.
     */
    slots: z.number().int().min(1).max(mostHosts).optional(),
  }),
  z.object({
    type: z.literal('offer'),
    sdp: sdpSchema,
    /** Without a join before it, the role is told by this, or else by the direction of the offer's media. */
    role: roleSchema.optional(),
    user_id: userIdSchema.optional(),
  }),
  z.object({ type: z.literal('answer'), sdp: sdpSchema }),
  z.object({
    type: z.literal('ice-candidate'),
    /** The line, an RTCIceCandidate as JSON, or null or '' at the end of candidates. */
    candidate: z.union([z.string().max(1024), z.looseObject({ candidate: z.string().max(1024) }), z.null()]),
  }),
  /** How the player of a viewer is doing; see `viewerReportSchema`. There is no answer. */
  viewerReportSchema.extend({ type: z.literal('report') }),
  z.object({ type: z.literal('leave') }),
  z.object({ type: z.literal('ping'), id: z.number().optional() }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

/** The messages the server sends on `/signal/{room_id}`. */
export type ServerMessage =
  /** The answer to a join (or to a first offer without one). */
  | {
      type: 'welcome';
      session_id: string;
      role: 'host' | 'viewer';
      room: RoomInfo;
      ice_servers: IceServer[];
      server_time_ms: number;
    }
  | { type: 'offer'; session_id: string; sdp: string }
  | { type: 'answer'; session_id: string; sdp: string }
  /** The media connection of this peer: its state, and at `failed` what may help. */
  | { type: 'connection'; state: 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed'; detail?: string }
  /** The host's media is up. A viewer that has not offered yet does so now. */
  | { type: 'live'; room: RoomInfo }
  /** Nobody publishes (yet, or for the moment). A viewer's offer is kept and answered when the host is live. */
  | { type: 'waiting'; room: RoomInfo }
  /** Sent when it changes, at most twice a second. */
  | { type: 'viewer-count'; viewer_count: number }
  /** In rooms that take several hosts: who they are, and where this peer sees them, each time that either changes. */
  | { type: 'hosts'; hosts: HostView[] }
  /** In rooms that take several hosts: who speaks now; null where that host has gone. */
  | { type: 'active-speaker'; speaker: ActiveSpeaker | null }
  /** To the host alone: what is wrong with its stream now, each time that changes; empty when all is well again. */
  | { type: 'warnings'; warnings: StreamWarning[] }
  /** The room is gone; the socket closes after it. */
  | { type: 'ended'; reason: 'stopped' | 'idle' | 'shutdown' }
  /** The answer to `leave`; the socket closes after it. */
  | { type: 'left'; session_id: string | null }
  | { type: 'error'; code: string; detail: string; retryable: boolean }
  | { type: 'pong'; id?: number; server_time_ms: number };

export type { MediaSettings };
