import type { HostLayer, HostQuality } from '@bitbasel/protocol';
import { formatBitrate, formatResolution } from '../format.ts';
import { pageElement } from '../page-element.ts';
import { readAgeOf, readCount, readMs, readShare } from './figures.ts';
import { KeyedTable, smallButton } from './keyed-table.ts';

interface SentLayer extends HostLayer {
  readonly host: HostQuality;
}

const frameRate = (fps: number | null) => (fps === null ? '–' : `${Math.round(fps)} fps`);

/** Who publishes in a room, and what. */
export class HostTables {
  readonly #hosts: KeyedTable<HostQuality>;
  readonly #layers: KeyedTable<SentLayer>;

  constructor(onKick: (session: HostQuality) => void) {
    this.#hosts = new KeyedTable<HostQuality>(pageElement('hosts', HTMLTableElement), ({ session_id }) => session_id, [
      { title: 'User', kind: 'name', text: ({ user_id }) => user_id ?? 'unnamed' },
      { title: 'Session', text: ({ session_id }) => session_id },
      { title: 'By', text: ({ kind }) => kind },
      { title: 'State', text: ({ state }) => state },
      { title: 'Since', kind: 'number', text: ({ created_at }) => readAgeOf(created_at, Date.now()) },
      { title: 'Connected in', kind: 'number', text: ({ connect_ms }) => readMs(connect_ms) },
      { title: 'Round trip', kind: 'number', text: ({ round_trip_ms }) => readMs(round_trip_ms) },
      {
        title: 'Action',
        element: (host) => smallButton('Kick', `host ${host.user_id ?? host.session_id}`, () => onKick(host)),
      },
    ]);
    this.#layers = new KeyedTable<SentLayer>(
      pageElement('layers', HTMLTableElement),
      ({ host, kind, codec, rid }) => [host.session_id, kind, codec, rid].join(' '),
      [
        { title: 'Host', kind: 'name', text: ({ host }) => host.user_id ?? 'unnamed' },
        { title: 'Layer', text: ({ kind, rid }) => (rid === null ? kind : `${kind} ${rid}`) },
        { title: 'Codec', text: ({ codec, live }) => (live ? codec : `${codec}, silent`) },
        { title: 'Picture', text: ({ width, height }) => formatResolution(width, height) },
        { title: 'Frames', kind: 'number', text: ({ frames_per_second }) => frameRate(frames_per_second) },
        { title: 'Bitrate', kind: 'number', text: ({ bitrate_bps }) => formatBitrate(bitrate_bps) },
        { title: 'Loss', kind: 'number', text: ({ loss }) => readShare(loss) },
        { title: 'Jitter', kind: 'number', text: ({ jitter_ms }) => readMs(jitter_ms) },
        { title: 'Repaired', kind: 'number', text: ({ packets_recovered }) => readCount(packets_recovered) },
        { title: 'Keyframes', kind: 'number', text: ({ keyframes_received }) => readCount(keyframes_received) },
        { title: 'Asked for', kind: 'number', text: ({ keyframes_requested }) => readCount(keyframes_requested) },
        { title: 'Viewers', kind: 'number', text: ({ viewers }) => readCount(viewers) },
      ],
    );
  }

  show(hosts: readonly HostQuality[]): void {
    this.#hosts.show(hosts);
    this.#layers.show(hosts.flatMap((host) => host.layers.map((layer) => ({ ...layer, host }))));
  }
}
