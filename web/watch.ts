import { type LayerNotice, type SessionState, watch } from '/sdk/index.js';
import { CoHosts } from './co-hosts.ts';
import { formatBitrate, formatDelay, formatResolution, formatViewers } from './format.ts';
import { pageElement } from './page-element.ts';
import type { PageHandle, WatchPageStats } from './page-handle.ts';
import { Player } from './player.ts';
import { TimeCodeReader } from './time-code-reader.ts';
import { pageToken } from './token.ts';

const statsIntervalMs = 1_000;

const messages: Record<Exclude<SessionState, 'live'>, [title: string, detail: string]> = {
  connecting: ['Connecting', 'The picture comes in a moment.'],
  waiting: ['Waiting for the host', 'The stream starts here by itself as soon as someone goes live.'],
  reconnecting: ['Connection lost', 'Trying again.'],
  ended: ['The stream has ended', 'Thank you for watching.'],
  failed: ['This stream cannot be watched', ''],
  closed: ['Stopped', ''],
};

const message = pageElement('message', HTMLElement);
const messageTitle = pageElement('message-title', HTMLElement);
const messageDetail = pageElement('message-detail', HTMLElement);
const notice = pageElement('notice', HTMLElement);
const badge = pageElement('badge', HTMLElement);
const viewers = pageElement('viewers', HTMLElement);

const room = decodeURIComponent(location.pathname.split('/').at(-1) ?? '');
document.title = `${room} – BitBasel Live`;
pageElement('room-name', HTMLElement).textContent = room;

const video = pageElement('video', HTMLVideoElement);
const autoplay = new URLSearchParams(location.search).get('autoplay') !== '0';
const session = watch(room, video, { autoplay, ...pageToken() });
new Player(video, session);
const coHosts = new CoHosts(video);
const timeCode = new TimeCodeReader(video, (localMs) => session.clock.at(localMs));

async function stats(): Promise<WatchPageStats> {
  const figures = await session.stats();
  if (timeCode.delayMs !== null) return { ...figures, delayMs: timeCode.delayMs, delaySource: 'measured' };
  return { ...figures, delaySource: figures.delayMs === null ? null : 'estimated' };
}
const handle: PageHandle = { session, stats };
window.bitbasel = handle;

function render(): void {
  const { state } = session;
  message.hidden = state === 'live';
  if (state !== 'live') {
    const [title, detail] = messages[state];
    messageTitle.textContent = title;
    messageDetail.textContent = [session.error?.message, detail].filter(Boolean).join(' ');
  }
  badge.textContent = state === 'live' ? 'Live' : 'Off air';
  badge.classList.toggle('live', state === 'live');
  viewers.textContent = formatViewers(session.viewerCount);
}

/** A picture that stands still without a word looks broken. */
function showLayer({ paused, reason }: LayerNotice): void {
  // Of its own wish the viewer knows.
  notice.hidden = !paused || reason === 'wish';
  notice.textContent =
    reason === 'limit'
      ? 'Sound only: this picture is above what may be shown here.'
      : 'Sound only: your connection is too slow for the picture. It comes back by itself.';
}

async function showStats(): Promise<void> {
  const { width, height, framesPerSecond, bitrateBps, delayMs, delaySource } = await stats();
  pageElement('resolution', HTMLElement).textContent = formatResolution(width, height);
  pageElement('frame-rate', HTMLElement).textContent = `${Math.round(framesPerSecond)} fps`;
  pageElement('bitrate', HTMLElement).textContent = formatBitrate(bitrateBps);
  pageElement('delay', HTMLElement).textContent = formatDelay(delayMs);
  pageElement('delay-source', HTMLElement).textContent = delaySource ? `Delay, ${delaySource}` : 'Delay';
  setTimeout(() => void showStats(), statsIntervalMs);
}

session.on('state', render);
session.on('viewer-count', render);
session.on('layer', showLayer);
session.on('error', render);
session.on('hosts', (hosts) => coHosts.show(hosts));
session.on('active-speaker', (speaker) => coHosts.markSpeaker(speaker));
render();
void showStats();
