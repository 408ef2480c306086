import type {
  ChatMessage,
  Health,
  IceServer,
  LegacyRoomStats,
  LivestreamSession,
  Readiness,
  RoomChat,
  RoomHistoryDetail,
  RoomHistoryPage,
  RoomInfo,
  RoomQuality,
  RoomSettings,
  ServerStats,
  Ticket,
} from '@bitbasel/protocol';
import { type Call, nothing, part, whole } from './call.ts';

// Every call of the API as a value.

const named = encodeURIComponent;

export const health = (): Call<Health> => ({ method: 'GET', path: '/health', read: whole });

/** Its 503 is an answer too. */
export const readiness = (): Call<Readiness> => ({
  ...{ method: 'GET', path: '/health/ready', alsoAnswers: [503] },
  read: (answer) => ({
    status: part<Readiness['status']>('status')(answer),
    checks: part<Readiness['checks']>('checks')(answer),
  }),
});

/** Repeated, it gives the same room. */
export const createRoom = (postId: string, userId: string): Call<string> => ({
  ...{ method: 'POST', path: '/room/create', body: { post_id: postId, host_user_id: userId } },
  read: part('room_id'),
});

export interface OpenRoom {
  /** Who may open the same id again without a conflict. */
  readonly owner?: string | undefined;
  readonly postId?: string | undefined;
  readonly settings?: RoomSettings | undefined;
}

/** Repeated by the same owner, it gives the same room. */
export const openRoom = (roomId: string, { owner, postId, settings }: OpenRoom): Call<RoomInfo> => ({
  ...{ method: 'POST', path: '/rooms', body: { room_id: roomId, owner, post_id: postId, settings } },
  read: whole,
});

export const listRooms = (): Call<RoomInfo[]> => ({ method: 'GET', path: '/rooms', read: part('rooms') });

export const getRoom = (roomId: string): Call<RoomInfo> => ({
  ...{ method: 'GET', path: `/rooms/${named(roomId)}` },
  read: whole,
});

export const stopRoom = (roomId: string): Call<void> => ({
  ...{ method: 'POST', path: `/room/${named(roomId)}/stop`, read: nothing, whenGone: nothing },
});

export const getRoomStats = (roomId: string): Call<LegacyRoomStats> => ({
  ...{ method: 'GET', path: `/room/${named(roomId)}/stats` },
  read: whole,
});

export const getRoomQuality = (roomId: string): Call<RoomQuality> => ({
  ...{ method: 'GET', path: `/rooms/${named(roomId)}/quality` },
  read: whole,
});

export const kick = (roomId: string, sessionId: string): Call<void> => ({
  ...{ method: 'DELETE', path: `/rooms/${named(roomId)}/sessions/${named(sessionId)}` },
  ...{ read: nothing, whenGone: nothing },
});

export const getChat = (roomId: string): Call<RoomChat> => ({
  ...{ method: 'GET', path: `/rooms/${named(roomId)}/chat` },
  read: whole,
});

/** Repeated, it would be said twice. */
export const say = (roomId: string, text: string, name: string | undefined): Call<ChatMessage> => ({
  ...{ method: 'POST', path: `/rooms/${named(roomId)}/chat`, body: { text, name } },
  ...{ read: whole, isRepeatable: false },
});

export const removeChatMessage = (roomId: string, messageId: string): Call<void> => ({
  ...{ method: 'DELETE', path: `/rooms/${named(roomId)}/chat/${named(messageId)}` },
  ...{ read: nothing, whenGone: nothing },
});

export const getStats = (): Call<ServerStats> => ({ method: 'GET', path: '/stats', read: whole });

export const getIceServers = (): Call<IceServer[]> => ({
  ...{ method: 'GET', path: '/ice-servers' },
  read: part('ice_servers'),
});

/** One that is never used expires by itself. */
export const createTicket = (): Call<Ticket> => ({ method: 'POST', path: '/tickets', read: whole });

export interface StartLivestream {
  readonly roomId?: string | undefined;
  readonly postId?: string | undefined;
  /** The host's offer; without, the server makes one for the host to answer. */
  readonly sdp?: string | undefined;
  /** Takes the place of the same user's other session at once. */
  readonly takeover?: boolean | undefined;
}

/** Repeated, it would begin a second session. */
export const startLivestream = (
  userId: string,
  { roomId, postId, sdp, takeover }: StartLivestream,
): Call<LivestreamSession> => ({
  ...{ method: 'POST', path: '/livestream/start', isRepeatable: false, read: whole },
  body: { user_id: userId, room_id: roomId, post_id: postId, sdp, takeover },
});

/** An offer is answered once. */
export const answerLivestream = (sessionId: string, sdp: string): Call<void> => ({
  ...{ method: 'POST', path: '/livestream/answer', body: { session_id: sessionId, sdp } },
  ...{ read: nothing, isRepeatable: false },
});

/** Repeated, it would begin a second session. */
export const joinLivestream = (userId: string, sdp: string, viewerId: string | undefined): Call<LivestreamSession> => ({
  ...{ method: 'POST', path: `/livestream/${named(userId)}/join`, body: { sdp, viewer_id: viewerId } },
  ...{ read: whole, isRepeatable: false },
});

/** One of the two. */
export type EndLivestream = { readonly userId: string } | { readonly roomId: string };

/** Repeated, it could end the user's next livestream. */
export const endLivestream = (which: EndLivestream): Call<string> => ({
  ...{ method: 'POST', path: '/livestream/end', isRepeatable: false, read: part('room_id') },
  body: 'userId' in which ? { user_id: which.userId } : { room_id: which.roomId },
});

export interface Page {
  /** Entries a page, up to 200. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

export const listRoomHistory = (roomId: string | undefined, { limit, cursor }: Page): Call<RoomHistoryPage> => ({
  ...{ method: 'GET', path: '/history/rooms', query: { room_id: roomId, limit, cursor } },
  read: whole,
});

export const getRoomHistory = (
  roomId: string,
  runId: string | undefined,
  { limit, cursor }: Page,
): Call<RoomHistoryDetail> => ({
  ...{ method: 'GET', path: `/history/rooms/${named(roomId)}`, query: { run_id: runId, limit, cursor } },
  read: whole,
});
