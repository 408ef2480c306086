import { canShareScreen, type PublishSession, publish, StreamError, type StreamWarning } from '/sdk/index.js';
import { formatBitrate, formatResolution, formatViewers } from './format.ts';
import { type MediaSource, openSource, type SourceKind } from './media-source.ts';
import { pageElement } from './page-element.ts';
import type { PageHandle } from './page-handle.ts';
import { isRoomName, newRoomName } from './room-name.ts';
import { pageToken } from './token.ts';

const statsIntervalMs = 1_000;

const form = pageElement('go-live', HTMLFormElement);
const preview = pageElement('preview', HTMLVideoElement);
const previewHint = pageElement('preview-hint', HTMLElement);
const badge = pageElement('badge', HTMLElement);
const roomInput = pageElement('room', HTMLInputElement);
const startButton = pageElement('start', HTMLButtonElement);
const stopButton = pageElement('stop', HTMLButtonElement);
const problem = pageElement('problem', HTMLElement);
const share = pageElement('share', HTMLElement);
const link = pageElement('link', HTMLInputElement);
const copyButton = pageElement('copy', HTMLButtonElement);
const watchLink = pageElement('watch', HTMLAnchorElement);
const warningList = pageElement('warnings', HTMLElement);
const viewers = pageElement('viewers', HTMLElement);
const sending = pageElement('sending', HTMLElement);
const sourceInputs = [...form.querySelectorAll<HTMLInputElement>('input[name=source]')];

const query = new URLSearchParams(location.search);
/** Co-hosts of one room each need a name of their own. */
const userId = query.get('user');

let source: MediaSource | undefined;
let session: PublishSession | undefined;

const handle: PageHandle = {
  get session() {
    return session;
  },
  stats: async () => session?.stats(),
};
window.bitbasel = handle;

async function chooseSource(kind: SourceKind): Promise<void> {
  showProblem('');
  source?.stop();
  source = undefined;
  preview.srcObject = null;
  try {
    source = await openSource(kind);
  } catch (cause) {
    showProblem(cause instanceof StreamError ? `${cause.message} ${cause.advice}` : String(cause));
  }
  for (const input of sourceInputs) input.checked = input.value === source?.kind;
  preview.srcObject = source?.stream ?? null;
  preview.classList.toggle('mirrored', source?.kind === 'camera');
  // The browser's own "stop sharing" button, or a camera that was unplugged.
  source?.stream.getVideoTracks()[0]?.addEventListener('ended', () => onSourceEnded(kind));
  render();
}

function onSourceEnded(kind: SourceKind): void {
  stop();
  source?.stop();
  source = undefined;
  preview.srcObject = null;
  for (const input of sourceInputs) input.checked = false;
  showProblem(kind === 'screen' ? 'Screen sharing was stopped.' : 'The camera was disconnected.');
  render();
}

function start(): void {
  if (!source || session) return;
  const room = roomInput.value.trim();
  if (!isRoomName(room)) {
    showProblem('A room name takes letters, digits and any of . _ ~ : @ - (no spaces).');
    roomInput.focus();
    return;
  }
  showProblem('');
  session = publish(room, source.stream, {
    // Its time code is read from the picture.
    ...(source.kind === 'pattern' && { degradationPreference: 'maintain-resolution' }),
    ...(userId !== null && { userId }),
    ...pageToken(),
  });
  session.on('state', onStateChange);
  session.on('viewer-count', render);
  session.on('warnings', showWarnings);
  session.on('error', (error) =>
    showProblem(error.retryable ? `${error.message} Trying again.` : `${error.message} ${error.advice}`),
  );
  const query = new URLSearchParams({ room, ...(userId !== null && { user: userId }) });
  history.replaceState(null, '', `?${query}${location.hash}`);
  link.value = new URL(`/watch/${encodeURIComponent(room)}`, location.href).href;
  watchLink.href = link.value;
  render();
  void showStats(session);
}

function stop(): void {
  session?.close();
  session = undefined;
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
  previewHint.hidden = source !== undefined;
  badge.textContent = state === undefined ? 'Preview' : state === 'live' ? 'Live' : 'Connecting';
  badge.classList.toggle('live', state === 'live');
  badge.hidden = source === undefined;
  startButton.hidden = session !== undefined;
  startButton.disabled = source === undefined;
  stopButton.hidden = session === undefined;
  roomInput.readOnly = session !== undefined;
  for (const input of sourceInputs) input.disabled = session !== undefined || isUnavailable(input);
  share.hidden = state !== 'live';
  viewers.textContent = formatViewers(session?.viewerCount ?? 0);
}

function isUnavailable(input: HTMLInputElement): boolean {
  return input.value === 'screen' && !canShareScreen();
}

/** Once a second for as long as this session is the page's. */
async function showStats(shown: PublishSession): Promise<void> {
  const stats = await shown.stats();
  if (session !== shown) return;
  if (source?.pattern) source.pattern.clockOffsetMs = shown.clock.offsetMs ?? 0;
  sending.replaceChildren(
    figure('Picture', formatResolution(stats.width, stats.height)),
    figure('Frames', `${Math.round(stats.framesPerSecond)} fps`),
    figure('Bitrate', formatBitrate(stats.bitrateBps)),
    figure('Codec', stats.codec ?? '–'),
    ...stats.layers
      .filter((layer) => layer.rid !== '')
      .map((layer) => figure(`Layer ${layer.rid}`, `${layer.height}p, ${formatBitrate(layer.bitrateBps)}`)),
  );
  setTimeout(() => void showStats(shown), statsIntervalMs);
}

function figure(term: string, description: string): HTMLElement {
  const group = document.createElement('div');
  const dt = document.createElement('dt');
  const dd = document.createElement('dd');
  dt.textContent = term;
  dd.textContent = description;
  group.append(dt, dd);
  return group;
}

function showProblem(text: string): void {
  problem.textContent = text;
  problem.hidden = text === '';
}

function showWarnings(warnings: readonly StreamWarning[]): void {
  warningList.replaceChildren(...warnings.map(warningItem));
  warningList.hidden = warnings.length === 0;
}

function warningItem({ detail, advice, rid }: StreamWarning): HTMLElement {
  const item = document.createElement('li');
  const what = document.createElement('strong');
  what.textContent = rid === undefined ? detail : `Layer ${rid}: ${detail}`;
  item.append(what, ' ', advice);
  return item;
}

async function copyLink(): Promise<void> {
  link.select();
  try {
    await navigator.clipboard.writeText(link.value);
    copyButton.textContent = 'Copied';
  } catch {
    copyButton.textContent = 'Press Ctrl+C';
  }
  setTimeout(() => {
    copyButton.textContent = 'Copy link';
  }, 2_000);
}

function isSourceKind(value: string | null): value is SourceKind {
  return value === 'camera' || value === 'screen' || value === 'pattern';
}

for (const input of sourceInputs)
  input.addEventListener('change', () => {
    if (isSourceKind(input.value)) void chooseSource(input.value);
  });
form.addEventListener('submit', (event) => {
  event.preventDefault();
  start();
});
stopButton.addEventListener('click', stop);
copyButton.addEventListener('click', () => void copyLink());

roomInput.value = query.get('room') ?? newRoomName();
const wanted = query.get('source');
render();
if (isSourceKind(wanted)) {
  await chooseSource(wanted);
  if (query.get('autostart') === '1') start();
}
