import type { LayerNotice } from '@bitbasel/protocol';
import { sentLayer } from '../sfu/quality.ts';
import type { Viewer } from '../sfu/viewer.ts';

/** Notices what a viewer is sent, each time that changes. */
export class LayerWatch {
  #told = '';

  /** @returns the news; undefined for none. Frame rates, which always move, are no news by themselves. */
  update(viewer: Viewer): LayerNotice | undefined {
    const video = viewer.downstreams.find(({ kind }) => kind === 'video');
    if (video === undefined) return undefined;
    // What has been chosen and waits for its keyframe is told when it is sent.
    if (!video.isPaused && video.target !== video.source) return undefined;
    const layer = video.isPaused ? undefined : sentLayer(video);
    if (layer === undefined && !video.isPaused) return undefined;
    const { rid = null, width = 0, height = 0, framerate = Number.NaN } = layer ?? {};
    const paused = video.isPaused;
    const state = [rid, height, layer?.spatialLayer, layer?.temporalLayer, paused, video.layerReason].join();
    // Before the first keyframe there is no picture to tell of.
    if (state === this.#told || (!paused && height === 0)) return undefined;
    this.#told = state;
    const fps = Number.isNaN(framerate) ? null : Math.round(framerate);
    return { rid, width, height, fps, paused, reason: video.layerReason };
  }
}
