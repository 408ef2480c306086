import { type PublishSession, publish } from '/sdk/index.js';
import { ChatPanel } from './chat-panel.ts';
import { rememberedName, rememberName } from './chat-text.ts';
import { formatViewers } from './format.ts';
import { HostReport } from './host-report.ts';
import { pageElement } from './page-element.ts';
import type { PageHandle } from './page-handle.ts';
import { ReactionShower } from './reaction-shower.ts';
import { isRoomName, newRoomName } from './room-name.ts';
import { ShareLink } from './share-link.ts';
import { isPictureKind, StudioPanel } from './studio-panel.ts';
import { pageToken } from './token.ts';

const statsIntervalMs = 1_000;

const form = pageElement('go-live', HTMLFormElement);
const badge = pageElement('badge', HTMLElement);
const roomInput = pageElement('room', HTMLInputElement);
const startButton = pageElement('start', HTMLButtonElement);
const stopButton = pageElement('stop', HTMLButtonElement);
const muteButton = pageElement('mute', HTMLButtonElement);
const hideButton = pageElement('hide', HTMLButtonElement);
const onAir = pageElement('on-air', HTMLElement);
const problem = pageElement('problem', HTMLElement);
const share = pageElement('share', HTMLElement);
const chat = pageElement('chat', HTMLElement);
const viewers = pageElement('viewers', HTMLElement);

const query = new URLSearchParams(location.search);
/** Co-hosts of one room each need a name of their own. */
const userId = query.get('user');

let session: PublishSession | undefined;
/** The most that the room takes, once it has said so. */
let framerate: number | undefined;

const link = new ShareLink();
const report = new HostReport();
const reactions = new ReactionShower(pageElement('reactions', HTMLElement));
const panel = new StudioPanel({ onChange, onProblem: showProblem });
const { studio } = panel;
// A name given while live holds from the next time on.
const chatPanel = new ChatPanel(rememberedName(localStorage), (name) => rememberName(localStorage, name));

const handle: PageHandle = {
  get session() {
    return session;
  },
  stats: async () => session?.stats(),
};
window.bitbasel = handle;

function onChange(): void {
  const [audio = null] = session?.stream.getAudioTracks() ?? [];
  const [video = null] = session?.stream.getVideoTracks() ?? [];
  if (studio.video !== video) void session?.setVideo(studio.video);
  if (studio.audio !== audio) void session?.setAudio(studio.audio);
  if (framerate !== undefined) studio.pattern?.setFramerate(framerate);
  render();
}

function start(): void {
  const { video, audio } = studio;
  if (!video || session) return;
  const room = roomInput.value.trim();
  if (!isRoomName(room)) {
    showProblem('A room name takes letters, digits and any of . _ ~ : @ - (no spaces).');
    roomInput.focus();
    return;
  }
  showProblem('');
  const name = rememberedName(localStorage);
  session = publish(room, new MediaStream([video, audio].filter((track) => track !== null)), {
    // Its time code is read from the picture.
    ...(studio.kind === 'pattern' && { degradationPreference: 'maintain-resolution' }),
    ...(userId !== null && { userId }),
    ...(name !== undefined && { name }),
    ...{ chat: true, ...pageToken() },
  });
  session.on('state', onStateChange);
  session.on('room', ({ media }) => {
    framerate = media.video.max_framerate;
    studio.pattern?.setFramerate(framerate);
  });
  session.on('viewer-count', render);
  session.on('muted', render);
  session.on('warnings', (warnings) => report.showWarnings(warnings));
  session.on('error', (error) =>
    showProblem(error.retryable ? `${error.message} Trying again.` : `${error.message} ${error.advice}`),
  );
  chatPanel.attach(session.chat);
  session.chat.on('reaction', (counts) => reactions.show(counts));
  const address = new URLSearchParams({ room, ...(userId !== null && { user: userId }) });
  history.replaceState(null, '', `?${address}${location.hash}`);
  link.show(room);
  render();
  void showStats(session);
}

function stop(): void {
  session?.close();
  session = undefined;
  report.showWarnings([]);
  render();
}

function onStateChange(): void {
  if (session?.state === 'live') showProblem('');
  if (session?.state === 'ended') {
    stop();
    showProblem('The server closed the room. Go live again to open a new one.');
  }
  if (session?.state === 'failed') stop();
  render();
}

function render(): void {
  const state = session?.state;
  form.classList.toggle('on-air', session !== undefined);
  badge.textContent = state === undefined ? 'Preview' : state === 'live' ? 'Live' : 'Connecting';
  badge.classList.toggle('live', state === 'live');
  badge.hidden = studio.video === null && session === undefined;
  startButton.hidden = session !== undefined;
  startButton.disabled = studio.video === null;
  onAir.hidden = session === undefined;
  muteButton.setAttribute('aria-pressed', String(session?.muted.audio ?? false));
  hideButton.setAttribute('aria-pressed', String(session?.muted.video ?? false));
  roomInput.readOnly = session !== undefined;
  share.hidden = state !== 'live';
  chat.hidden = session === undefined;
  viewers.textContent = formatViewers(session?.viewerCount ?? 0);
}

async function showStats(shown: PublishSession): Promise<void> {
  const stats = await shown.stats();
  if (shown !== session) return;
  // Viewers measure the delay against the server's clock.
  if (studio.pattern) studio.pattern.clockOffsetMs = shown.clock.offsetMs ?? 0;
  report.showStats(stats);
  setTimeout(() => void showStats(shown), statsIntervalMs);
}

function showProblem(text: string): void {
  problem.textContent = text;
  problem.hidden = text === '';
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  start();
});
stopButton.addEventListener('click', stop);
muteButton.addEventListener('click', () => session?.setMuted('audio', !session.muted.audio));
hideButton.addEventListener('click', () => session?.setMuted('video', !session.muted.video));

roomInput.value = query.get('room') ?? newRoomName();
const wanted = query.get('source');
render();
if (isPictureKind(wanted)) {
  await panel.choosePicture(wanted);
  if (query.get('autostart') === '1') start();
}
