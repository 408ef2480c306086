import { BitbaselPlayer, type WatchSession } from '/sdk/player.js';
import { ChatPanel } from './chat-panel.ts';
import { rememberedName, rememberName } from './chat-text.ts';
import { CoHosts } from './co-hosts.ts';
import { formatBitrate, formatDelay, formatResolution } from './format.ts';
import { pageElement } from './page-element.ts';
import type { PageHandle, WatchPageStats } from './page-handle.ts';
import { ReactionShower } from './reaction-shower.ts';
import { TimeCodeReader } from './time-code-reader.ts';
import { pageToken } from './token.ts';

const room = decodeURIComponent(location.pathname.split('/').at(-1) ?? '');
document.title = `${room} – BitBasel Live`;
pageElement('room-name', HTMLElement).textContent = room;

const name = rememberedName(localStorage);
const player = pageElement('player', BitbaselPlayer);
player.autoplay = new URLSearchParams(location.search).get('autoplay') !== '0';
player.token = pageToken().token;
if (name !== undefined) player.name = name;
player.room = room;
// The player connects now, and the rest of the page is made meanwhile.
await Promise.resolve();

const coHosts = new CoHosts(player.video);
const timeCode = new TimeCodeReader(player.video, (localMs) => player.session?.clock.at(localMs));
const reactions = new ReactionShower(pageElement('reactions', HTMLElement));
const panel = new ChatPanel(name, (wanted) => {
  rememberName(localStorage, wanted);
  player.name = wanted;
});

async function stats(): Promise<WatchPageStats | undefined> {
  const figures = await player.session?.stats();
  if (figures === undefined) return undefined;
  if (timeCode.delayMs !== null) return { ...figures, delayMs: timeCode.delayMs, delaySource: 'measured' };
  return { ...figures, delaySource: figures.delayMs === null ? null : 'estimated' };
}

const handle: PageHandle = {
  get session() {
    return player.session;
  },
  stats,
};
window.bitbasel = handle;

async function showStats(): Promise<void> {
  const figures = await stats();
  if (figures === undefined) return;
  const { width, height, framesPerSecond, bitrateBps, delayMs, delaySource } = figures;
  pageElement('resolution', HTMLElement).textContent = formatResolution(width, height);
  pageElement('frame-rate', HTMLElement).textContent = `${Math.round(framesPerSecond)} fps`;
  pageElement('bitrate', HTMLElement).textContent = formatBitrate(bitrateBps);
  pageElement('delay', HTMLElement).textContent = formatDelay(delayMs);
  pageElement('delay-source', HTMLElement).textContent = delaySource ? `Delay, ${delaySource}` : 'Delay';
}

function attach({ chat }: WatchSession): void {
  panel.attach(chat);
  chat.on('reaction', (counts) => reactions.show(counts));
}
if (player.session !== undefined) attach(player.session);
player.on('session', attach);
player.on('stats', () => void showStats());
player.on('hosts', (hosts) => coHosts.show(hosts));
player.on('active-speaker', (speaker) => coHosts.markSpeaker(speaker));
// Keys of the player that nothing else on the page has a use for.
document.addEventListener('keydown', (event) => {
  if (event.target === document.body && !event.key.startsWith('Arrow') && player.handleKey(event))
    event.preventDefault();
});
