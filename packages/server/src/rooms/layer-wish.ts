import type { LayerWish, WhepLayer } from '@bitbasel/protocol';
import type { LayerCaps } from '../sfu/layers/layer-caps.ts';

/** What a viewer wants, in the words of the layers below. */
export interface VideoWish {
  readonly caps: LayerCaps;
  readonly videoOff: boolean;
}

export function wishOf({ visible_width, visible_height, rid, height, paused = false }: LayerWish): VideoWish {
  return {
    videoOff: paused,
    caps: {
      ...(visible_width !== undefined && { visibleWidth: visible_width }),
      ...(visible_height !== undefined && { visibleHeight: visible_height }),
      ...(rid !== undefined && { rid }),
      ...(height !== undefined && { maxHeight: height }),
    },
  };
}

/** A layer id that is to be sent is the highest one that is, as decoding it takes those below. */
export function wishOfWhep(layer: WhepLayer): VideoWish {
  const rid = layer.rid ?? layer.encodingId;
  const maxSpatialLayer = least(layer.spatialLayerId, layer.maxSpatialLayerId);
  const maxTemporalLayer = least(layer.temporalLayerId, layer.maxTemporalLayerId);
  return {
    videoOff: false,
    caps: {
      ...(rid !== undefined && { rid }),
      ...(maxSpatialLayer !== undefined && { maxSpatialLayer }),
      ...(maxTemporalLayer !== undefined && { maxTemporalLayer }),
      ...(layer.maxWidth !== undefined && { maxWidth: layer.maxWidth }),
      ...(layer.maxHeight !== undefined && { maxHeight: layer.maxHeight }),
    },
  };
}

function least(...values: (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
