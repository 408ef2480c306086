import type { LayerOption } from '@bitbasel/protocol';

/** An entry of a menu of qualities. */
export interface Quality {
  /** `auto`, or what stands for this layer. */
  readonly id: string;
  /** For people: `Auto`, or for example `720p`. */
  readonly label: string;
  /** Of `auto`, what is not known is null. */
  readonly width: number | null;
  readonly height: number | null;
  readonly bitrateBps: number | null;
}

const auto: Quality = { id: 'auto', label: 'Auto', width: null, height: null, bitrateBps: null };

/** `auto`, and the layers, best first. */
export function qualitiesOf(layers: readonly LayerOption[]): Quality[] {
  const choices = layers.map(({ rid, width, height, bitrate_bps }) => {
    // A picture held upright is named by its width, as people name it.
    const label = `${Math.min(width, height)}p`;
    return { id: rid ?? `height:${height}`, label, width, height, bitrateBps: bitrate_bps };
  });
  return [auto, ...choices];
}

/** As the server takes it; `{}` leaves the choice to it. */
export function choiceOf(id: string): { rid?: string; height?: number } {
  if (id === auto.id) return {};
  const [, height] = /^height:(\d+)$/.exec(id) ?? [];
  return height === undefined ? { rid: id } : { height: Number(height) };
}
