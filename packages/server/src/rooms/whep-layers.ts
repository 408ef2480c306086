import type { WhepLayerInfo } from '@bitbasel/protocol';
import type { Publisher } from '../sfu/publisher.ts';
import type { Source } from '../sfu/source.ts';

/** What a host's video consists of now, in WHEP's words; best first, as its draft shows it. */
export function whepLayers(publisher: Publisher | undefined, nowUs: number): WhepLayerInfo[] {
  const videos = publisher?.tracks.filter(({ parameters }) => parameters.kind === 'video') ?? [];
  return videos.flatMap(({ sources }) => sources.flatMap((source) => layersOf(source, nowUs))).reverse();
}

function layersOf(source: Source, nowUs: number): WhepLayerInfo[] {
  const { rid, layers: rates } = source;
  const name = rid === undefined ? {} : { rid, encodingId: rid };
  const topSpatial = source.isOffered(nowUs) ? rates.topSpatialLayer(nowUs) : -1;
  if (topSpatial < 0) return [{ ...name, spatialLayerId: 0, temporalLayerId: 0 }];
  const found: WhepLayerInfo[] = [];
  for (let spatialLayerId = 0; spatialLayerId <= topSpatial; spatialLayerId += 1) {
    const height = source.layerHeight(spatialLayerId) || source.height >> (topSpatial - spatialLayerId);
    const size = height === 0 ? {} : { width: Math.round((height * source.width) / source.height), height };
    for (let temporalLayerId = 0; temporalLayerId <= rates.topTemporalLayer(nowUs); temporalLayerId += 1) {
      const bitrate = Math.round(rates.bitrateBps(spatialLayerId, temporalLayerId, nowUs));
      found.push({ ...name, spatialLayerId, temporalLayerId, ...(bitrate > 0 && { bitrate }), ...size });
    }
  }
  return found;
}

/** Equal as long as the same layers are there in the same sizes: bitrates always move. */
export function layersKey(layers: readonly WhepLayerInfo[]): string {
  return layers
    .map((layer) => [layer.rid, layer.spatialLayerId, layer.temporalLayerId, layer.height, layer.bitrate !== undefined])
    .join(';');
}
