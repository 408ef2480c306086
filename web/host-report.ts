import type { PublishStats, StreamWarning } from '/sdk/index.js';
import { formatBitrate, formatResolution } from './format.ts';
import { pageElement } from './page-element.ts';

const limits: Readonly<Record<string, string>> = {
  cpu: 'This machine is too busy for more.',
  bandwidth: 'Your connection carries no more.',
};

/** How a host's stream is doing: what is sent, and what the server finds wrong with it. */
export class HostReport {
  readonly #figures = pageElement('sending', HTMLElement);
  readonly #warnings = pageElement('warnings', HTMLElement);

  showStats(stats: PublishStats): void {
    this.#figures.replaceChildren(
      figure('Picture', formatResolution(stats.width, stats.height)),
      figure('Frames', `${Math.round(stats.framesPerSecond)} fps`),
      figure('Bitrate', formatBitrate(stats.bitrateBps)),
      figure('Codec', stats.codec ?? '–'),
      ...stats.layers
        .filter((layer) => layer.rid !== '')
        .map((layer) => figure(`Layer ${layer.rid}`, `${layer.height}p, ${formatBitrate(layer.bitrateBps)}`)),
      ...[limits[stats.qualityLimitation ?? 'none']]
        .filter((text) => text !== undefined)
        .map((text) => figure('Held back', text)),
    );
  }

  showWarnings(warnings: readonly StreamWarning[]): void {
    this.#warnings.replaceChildren(...warnings.map(warningItem));
    this.#warnings.hidden = warnings.length === 0;
  }
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

function warningItem({ detail, advice, rid }: StreamWarning): HTMLElement {
  const item = document.createElement('li');
  const what = document.createElement('strong');
  what.textContent = rid === undefined ? detail : `Layer ${rid}: ${detail}`;
  item.append(what, ' ', advice);
  return item;
}
