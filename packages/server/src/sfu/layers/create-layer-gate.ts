import type { CodecName } from '../../rtp/parameters.ts';
import { DecodeTargetFilter } from './decode-target-filter.ts';
import type { DecodeTargets } from './decode-targets.ts';
import { type LayerFilter, NullLayerFilter } from './layer-filter.ts';
import { LayerGate } from './layer-gate.ts';
import { Vp8LayerFilter } from './vp8-layer-filter.ts';
import { Vp9LayerFilter } from './vp9-layer-filter.ts';

/**
 * The gate between a source and a downstream.
 * @param targets the source's, where its host sends dependency descriptors
 */
export function createLayerGate(codec: CodecName, targets: DecodeTargets | undefined): LayerGate {
  return new LayerGate(targets === undefined ? filterFor(codec) : new DecodeTargetFilter(targets), codec === 'VP8');
}

function filterFor(codec: CodecName): LayerFilter {
  if (codec === 'VP8') return new Vp8LayerFilter();
  if (codec === 'VP9') return new Vp9LayerFilter();
  // H264 has no layers that its payload tells of, and AV1 tells of them in the first packet of a frame only.
  return new NullLayerFilter();
}
