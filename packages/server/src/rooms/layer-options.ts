import type { LayerOption, WhepLayerInfo } from '@bitbasel/protocol';

/** The pictures that a viewer can tell apart, best first: of layers that differ in frame rate alone, the richest. */
export function layerOptions(layers: readonly WhepLayerInfo[]): LayerOption[] {
  const options = new Map<string, LayerOption>();
  for (const { rid = null, width, height, bitrate = null } of layers) {
    // One that the host holds back has no size.
    if (width === undefined || height === undefined) continue;
    const known = options.get(`${rid} ${height}`);
    if (known === undefined) options.set(`${rid} ${height}`, { rid, width, height, bitrate_bps: bitrate });
    else known.bitrate_bps = Math.max(known.bitrate_bps ?? 0, bitrate ?? 0) || null;
  }
  return [...options.values()].sort((a, b) => b.height - a.height);
}
