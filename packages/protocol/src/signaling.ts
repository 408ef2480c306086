import { z } from 'zod';
import { chatClientMessages, chatServerMessages, displayNameSchema } from './chat.ts';
import { layerNoticeSchema, layerOptionSchema, layerWishSchema } from './layer.ts';
import { viewerReportSchema } from './quality.ts';
import { activeSpeakerSchema, hostViewSchema, mostHosts, roomInfoSchema, userIdSchema } from './room.ts';
import { streamWarningSchema } from './stream-warning.ts';

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
    /** Whether to be told of chat, reactions and presence; else that begins with the first of them that is sent. */
    chat: z.boolean().optional(),
    /** Shown beside chat messages, where no token says another. */
    name: displayNameSchema.optional(),
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
  /** What a viewer wants of the video; see `layerWishSchema`. A `layer` comes back when what is sent changes by it. */
  layerWishSchema.extend({ type: z.literal('layer') }),
  ...chatClientMessages,
  /** A fresh token of the same user, before the one that it came with expires. Answered by `token`, or by an error. */
  z.object({ type: z.literal('token'), token: z.string().min(1).max(8192) }),
  z.object({ type: z.literal('leave') }),
  z.object({ type: z.literal('ping'), id: z.number().optional() }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

export const iceServerSchema = z
  .object({ urls: z.array(z.string()), username: z.string().exactOptional(), credential: z.string().exactOptional() })
  .meta({ id: 'IceServer' });
export type IceServer = z.infer<typeof iceServerSchema>;

/** Something that a peer, or the person at it, can do something about. */
export const peerNoticeSchema = z.object({
  code: z.enum(['udp_blocked']).describe('`udp_blocked`: nothing of the peer has reached the media port'),
  detail: z.string(),
  advice: z.string(),
});
export type PeerNotice = z.infer<typeof peerNoticeSchema>;

const serverTime = z.number().int().describe("The server's wall clock, in ms since 1970");

/** The messages the server sends on `/signal/{room_id}`. */
export const serverMessageSchema = z.discriminatedUnion('type', [
  z
    .object({
      type: z.literal('welcome'),
      session_id: z.string(),
      role: z.enum(['host', 'viewer']),
      room: roomInfoSchema,
      ice_servers: z.array(iceServerSchema),
      server_time_ms: serverTime,
      resume_secret: z.string().exactOptional().describe('With it the peer comes back, should it be cut off'),
    })
    .describe('The answer to a join (or to a first offer without one)'),
  z.object({ type: z.literal('offer'), session_id: z.string(), sdp: z.string() }).describe("The server's offer"),
  z.object({ type: z.literal('answer'), session_id: z.string(), sdp: z.string() }).describe('The answer to an offer'),
  z
    .object({
      type: z.literal('connection'),
      state: z.enum(['connecting', 'connected', 'disconnected', 'failed', 'closed']),
      detail: z.string().exactOptional(),
    })
    .describe('The media connection of this peer: its state, and at `failed` what may help'),
  z
    .object({ type: z.literal('live'), room: roomInfoSchema })
    .describe("The host's media is up. A viewer that has not offered yet does so now"),
  z
    .object({ type: z.literal('waiting'), room: roomInfoSchema })
    .describe("Nobody publishes (yet, or for the moment). A viewer's offer is kept and answered when the host is live"),
  z
    .object({ type: z.literal('viewer-count'), viewer_count: z.number().int() })
    .describe('Sent when it changes, at most twice a second'),
  z
    .object({ type: z.literal('hosts'), hosts: z.array(hostViewSchema) })
    .describe('In rooms that take several hosts: who they are, and where this peer sees them, when either changes'),
  z
    .object({ type: z.literal('active-speaker'), speaker: activeSpeakerSchema.nullable() })
    .describe('In rooms that take several hosts: who speaks now; null where that host has gone'),
  z
    .object({ type: z.literal('warnings'), warnings: z.array(streamWarningSchema) })
    .describe('To the host alone: what is wrong with its stream now, each time that changes; empty when all is well'),
  layerNoticeSchema
    .extend({ type: z.literal('layer') })
    .describe('To a viewer: the layer of the video that it is sent now, each time that changes'),
  ...chatServerMessages,
  z
    .object({ type: z.literal('layers'), layers: z.array(layerOptionSchema) })
    .describe("To a viewer: what it can choose of the main host's video, best first, each time that changes"),
  z
    .object({ type: z.literal('ended'), reason: z.enum(['stopped', 'idle', 'shutdown']) })
    .describe('The room is gone; the socket closes after it'),
  peerNoticeSchema
    .extend({ type: z.literal('notice') })
    .describe('Something is amiss; all goes on. `udp_blocked` comes within 5 s of the answer, once a media session'),
  z
    .object({
      type: z.literal('reconnect'),
      reason: z.literal('draining'),
      retry_after_ms: z.number().int().min(0).describe('When to go: until then all goes on here'),
      url: z.string().exactOptional().describe('The WebSocket to join at instead; without it, the same as before'),
    })
    .describe('This server is about to end: leave, and join anew. Others get another `retry_after_ms`'),
  z
    .object({ type: z.literal('token'), expires_at: z.string().nullable() })
    .describe('The answer to a fresh token: when the latest one expires; null where no tokens are asked for'),
  z
    .object({ type: z.literal('left'), session_id: z.string().nullable() })
    .describe('The answer to `leave`; the socket closes after it'),
  z
    .object({
      type: z.literal('error'),
      code: z.string(),
      detail: z.string(),
      retryable: z.boolean(),
      advice: z.string().exactOptional().describe('What the client, or the person at it, can do'),
      in_reply_to: z.string().exactOptional().describe('The type of a message about chat: all else goes on'),
      request_id: z.string().exactOptional().describe('As that message had it'),
      retry_after_seconds: z.number().int().exactOptional(),
    })
    .describe('What was wrong with a message; the codes are those of the HTTP problems'),
  z.object({ type: z.literal('pong'), id: z.number().exactOptional(), server_time_ms: serverTime }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;
