import type { LayerNotice } from '@bitbasel/protocol';
import type { SessionState } from './session.ts';
import type { ErrorCode } from './stream-error.ts';

/** What the player says where the picture would be. */
export interface PlayerMessage {
  readonly title: string;
  readonly detail: string;
  /** True while it goes on by itself. */
  readonly busy: boolean;
}

type Text = readonly [title: string, detail: string];

const stateTexts: Record<Exclude<SessionState, 'live'>, Text> = {
  connecting: ['Connecting', 'The picture comes in a moment.'],
  waiting: ['Waiting for the host', 'The stream starts here by itself as soon as somebody goes live.'],
  reconnecting: ['Connection lost', 'Trying again.'],
  ended: ['The stream has ended', 'Thank you for watching.'],
  failed: ['This stream cannot be watched', ''],
  closed: ['Stopped', ''],
};

const notInvited: Text = ['This stream is not open to everybody', 'Ask whoever sent you the link for another one.'];
const expired: Text = ['Your invitation has run out', 'Ask whoever sent you the link for another one.'];
const removed: Text = ['You were removed from this stream', 'Somebody who looks after it has decided so.'];
const wrongFormat: Text = [
  'This browser cannot play the stream',
  'It is sent in a format that is not known here. Try another browser.',
];
const moving: Text = ['One moment', 'The server is being renewed. The stream goes on by itself.'];

/** For people who know nothing of servers. Codes that are not here are told with the error's own message. */
const errorTexts: Readonly<Record<string, Text>> = {
  room_full: ['The room is full', 'You are let in by itself as soon as somebody leaves.'],
  server_full: ['The server is full', 'You are let in by itself as soon as there is room.'],
  codec_not_supported: wrongFormat,
  negotiation_failed: wrongFormat,
  not_supported: ['This browser cannot play live video', 'Try a current version of another one.'],
  unauthorized: notInvited,
  forbidden: notInvited,
  invalid_token: notInvited,
  token_expired: expired,
  resume_refused: expired,
  token_revoked: removed,
  kicked: removed,
  rate_limited: ['Too many tries from here', 'The next one comes by itself in a moment.'],
  draining: moving,
  shutting_down: moving,
  server_draining: moving,
  token_unavailable: ['Your invitation could not be fetched', 'Trying again.'],
  connection_failed: ['No picture comes through', 'The network here may hold video back. Trying again.'],
  signaling_lost: stateTexts.reconnecting,
};

/** Undefined while there is a picture. */
export function messageOf(
  state: SessionState,
  error?: { readonly code: ErrorCode; readonly message: string },
): PlayerMessage | undefined {
  if (state === 'live') return undefined;
  const busy = state === 'connecting' || state === 'waiting' || state === 'reconnecting';
  const isError = error !== undefined && (state === 'failed' || state === 'reconnecting');
  const [title, detail] = (isError && errorTexts[error.code]) || stateTexts[state];
  const isKnown = !isError || error.code in errorTexts;
  return { title, detail: isKnown ? detail : [error.message, detail].filter(Boolean).join(' '), busy };
}

/** A picture that stands still without a word looks broken; of its own wish the viewer knows. Empty: nothing to say. */
export function noticeOf({ paused, reason }: Pick<LayerNotice, 'paused' | 'reason'>): string {
  if (!paused || reason === 'wish') return '';
  return reason === 'limit'
    ? 'Sound only: this picture is above what may be shown here.'
    : 'Sound only: your connection is too slow for the picture. It comes back by itself.';
}

/** For example `1 viewer`, `1,204 viewers`. */
export function viewersText(count: number): string {
  return count === 1 ? '1 viewer' : `${count.toLocaleString('en')} viewers`;
}

/** How far behind the host this is: `0.2 s`; empty where it is not known. */
export function delayText(delayMs: number | null): string {
  return delayMs === null ? '' : `${(Math.max(0, delayMs) / 1000).toFixed(1)} s`;
}

/** What the quality button says: what was chosen, and of `auto` what is sent now. */
export function qualityText(label: string, layer?: Pick<LayerNotice, 'width' | 'height' | 'paused'>): string {
  if (label !== 'Auto' || layer === undefined || layer.paused || layer.height === 0) return label;
  return `Auto (${Math.min(layer.width, layer.height)}p)`;
}
