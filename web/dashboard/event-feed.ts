import type { MediaEvent, MediaEventType } from '@bitbasel/protocol';
import type { MediaServerApi } from './api.ts';

const againMs = 3_000;
const types: readonly MediaEventType[] = [
  'room.started',
  'room.ended',
  'host.live',
  'host.lost',
  'host.back',
  'viewer.joined',
  'viewer.left',
  'stream.warning',
  'limit.hit',
];

export interface EventFeed {
  stop(): void;
}

/** Tells what happens, from now on. A ticket is for one connection, so each connection is opened anew with one. */
export function followEvents(
  api: MediaServerApi,
  onEvent: (event: MediaEvent) => void,
  onRefused: (cause: unknown) => void,
): EventFeed {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastId: string | undefined;
  let isStopped = false;

  const open = async () => {
    try {
      const query = new URLSearchParams({ ticket: await api.ticket() });
      if (lastId !== undefined) query.set('last_event_id', lastId);
      if (!isStopped) listen(new EventSource(`/events?${query}`));
    } catch (cause) {
      onRefused(cause);
      again();
    }
  };
  const listen = (opened: EventSource) => {
    source = opened;
    const take = ({ data }: MessageEvent<string>) => {
      const event: MediaEvent = JSON.parse(data);
      lastId = event.id;
      onEvent(event);
    };
    for (const type of types) opened.addEventListener(type, take);
    opened.addEventListener('error', () => {
      opened.close();
      again();
    });
  };
  const again = () => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(() => void open(), againMs);
  };
  void open();
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
      source?.close();
    },
  };
}
