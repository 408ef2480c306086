import type { Downstream } from './downstream.ts';
import { buildLadder, type LayerRung } from './layers/layer-ladder.ts';
import type { HostPlace } from './lineup.ts';
import type { Source } from './source.ts';

/** What viewers can be sent of one host: live sources, and the combinations of video layers, worst to best. */
export interface Offers {
  readonly audio: readonly Source[];
  readonly video: readonly Source[];
  readonly audioBps: number;
  readonly ladder: readonly LayerRung<Source>[];
}

/** What of a host viewers can be sent while it is away. */
const noOffers: Offers = { audio: [], video: [], audioBps: 0, ladder: [] };

/** What there is to be had of each host now, the same for all viewers. */
export function offersOfAll(places: readonly HostPlace[], nowUs: number): Map<HostPlace, Offers> {
  const isOffered = (source: Source) => source.isOffered(nowUs);
  const offers = new Map<HostPlace, Offers>();
  for (const place of places) {
    const { publisher } = place;
    if (publisher === undefined) continue;
    const [audio, video] = [publisher.sources('audio').filter(isOffered), publisher.sources('video').filter(isOffered)];
    const audioBps = audio.reduce((sum, source) => sum + source.rate.bitsPerSecond(nowUs), 0);
    offers.set(place, { audio, video, audioBps, ladder: buildLadder(video, nowUs) });
  }
  return offers;
}

/** What of the offers a viewer can decode: mostly all of it. */
export function acceptable(
  offers: Offers,
  downstream: Downstream,
): Pick<Offers, 'ladder'> & { candidates: readonly Source[] } {
  const candidates = offers[downstream.kind];
  const ladder = downstream.kind === 'video' ? offers.ladder : noRungs;
  // Asked ten times a second of every viewer, so the usual case makes nothing anew.
  if (acceptsAll(candidates, downstream) && takesAll(ladder, downstream)) return { candidates, ladder };
  return {
    candidates: candidates.filter((source) => downstream.accepts(source)),
    ladder: ladder.filter((rung) => takes(rung, downstream)),
  };
}

function acceptsAll(sources: readonly Source[], downstream: Downstream): boolean {
  for (const source of sources) if (!downstream.accepts(source)) return false;
  return true;
}

function takesAll(ladder: readonly LayerRung<Source>[], downstream: Downstream): boolean {
  for (const rung of ladder) if (!takes(rung, downstream)) return false;
  return true;
}

function takes({ source, spatialLayer }: LayerRung<Source>, downstream: Downstream): boolean {
  return downstream.accepts(source) && spatialLayer <= downstream.maxSpatialLayer(source);
}

export function offersOf(offers: ReadonlyMap<HostPlace, Offers>, { host }: Downstream): Offers {
  return (host === undefined ? undefined : offers.get(host)) ?? noOffers;
}

const noRungs: readonly LayerRung<Source>[] = [];
