import type { RoomInfo } from '@bitbasel/protocol';
import { formatBitrate, formatDuration, formatViewers } from './format.ts';
import { pageElement } from './page-element.ts';
import { roomArtwork } from './room-artwork.ts';
import { pageToken } from './token.ts';

const refreshMs = 3_000;

interface Card {
  readonly item: HTMLLIElement;
  show(room: RoomInfo): void;
}

const list = pageElement('rooms', HTMLUListElement);
const empty = pageElement('empty', HTMLElement);
const problem = pageElement('problem', HTMLElement);
const cards = new Map<string, Card>();

/** Cards are kept from one refresh to the next, so that the keyboard's focus stays where it is. */
function showRooms(rooms: readonly RoomInfo[]): void {
  const live = rooms.filter((room) => room.is_active);
  const ids = new Set(live.map((room) => room.room_id));
  for (const [id, card] of cards) {
    if (ids.has(id)) continue;
    card.item.remove();
    cards.delete(id);
  }
  for (const room of live) {
    const card = cards.get(room.room_id) ?? createCard(room.room_id);
    cards.set(room.room_id, card);
    card.show(room);
  }
  empty.hidden = live.length > 0;
}

function createCard(roomId: string): Card {
  const item = document.createElement('li');
  const link = document.createElement('a');
  const name = document.createElement('h2');
  const audience = document.createElement('p');
  const medium = document.createElement('p');
  link.className = 'card';
  link.href = `/watch/${encodeURIComponent(roomId)}`;
  name.textContent = roomId;
  medium.className = 'medium';
  link.append(roomArtwork(roomId), name, audience, medium);
  item.append(link);
  list.append(item);
  return {
    item,
    show(room) {
      const liveMs = room.live_since === null ? 0 : Date.now() - Date.parse(room.live_since);
      const { codec, max_framerate, target_bitrate_kbps } = room.media.video;
      audience.textContent = `${formatViewers(room.viewer_count)}, live for ${formatDuration(liveMs)}`;
      medium.textContent = `${codec}, ${formatBitrate(target_bitrate_kbps * 1000)}, ${max_framerate} fps`;
    },
  };
}

async function refresh(): Promise<void> {
  try {
    const { token } = pageToken();
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch('/rooms', { headers: { accept: 'application/json', ...authorization } });
    if (response.status === 401)
      throw new Error('This server asks for a token: open this page with #token=... behind it.');
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    const { rooms } = (await response.json()) as { rooms: RoomInfo[] };
    showRooms(rooms);
    problem.hidden = true;
  } catch (cause) {
    problem.hidden = false;
    problem.textContent = `The list of rooms cannot be read right now. Trying again. (${String(cause)})`;
  }
}

async function keepFresh(): Promise<void> {
  if (!document.hidden) await refresh();
  setTimeout(() => void keepFresh(), refreshMs);
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void refresh();
});
void keepFresh();
