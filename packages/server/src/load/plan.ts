import type { Churn } from './curves.ts';

/** What a host sends. */
export type MediaPlan =
  | {
      readonly kind: 'synthetic';
      readonly bitrateBps: number;
      readonly framesPerSecond: number;
      readonly keyframeIntervalSeconds: number;
      readonly simulcast: boolean;
    }
  /** One file for each layer, smallest first. */
  | { readonly kind: 'files'; readonly paths: readonly string[]; readonly framesPerSecond: number };

/** What all processes of a run are told. */
export interface Plan {
  /** Templates: `{room}` stands for the room's name. */
  readonly whipUrl: string;
  readonly whepUrl: string;
  readonly whipToken: string | undefined;
  readonly whepToken: string | undefined;
  readonly media: MediaPlan;
  /** Opus beside the video. */
  readonly audio: boolean;
  /** Share of packets that hosts do not send. */
  readonly uplinkLoss: number;
  /** Share of packets that viewers take as lost. */
  readonly downlinkLoss: number;
  readonly transportCc: boolean;
  readonly churn: Churn | undefined;
  readonly bindAddress: string;
  /** See `--ice-controlled`. */
  readonly controlsIce: boolean;
  readonly seed: number;
}

/** One viewer of a worker. */
export interface PlannedViewer {
  readonly room: string;
  /** From the start of the joins. */
  readonly joinAtMs: number;
}

/** Names of simulcast layers, smallest first. */
export const layerRids = ['q', 'h', 'f'] as const;
