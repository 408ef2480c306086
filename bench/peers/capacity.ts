import { setTimeout as delay } from 'node:timers/promises';
import type { Peer } from './peer.ts';
import { cpuUs } from './process-tree.ts';
import { losses, Rig } from './rig.ts';

export const TOLERATED_LOSS = 0.001;
const STEP = 25;
const SETTLE_MS = 3000;
const OBSERVED_SECONDS = 5;
/** A step that fails is tried again: on a shared machine something else may have been the cause. */
const ATTEMPTS = 3;

export interface Capacity {
  readonly name: string;
  /** The most that lost less than is tolerated; 0 where the first step failed. */
  readonly viewers: number;
  /** CPU of the server with so many, in cores. */
  readonly cores: number;
  /** And of the load generator's viewers, which are on the same machine. */
  readonly viewersCores: number;
  /** What ended the search. */
  readonly end: string;
}

/** Adds viewers to one room, step by step, until too much is lost or there are as many as `most`. */
export async function findCapacity(peer: Peer, most: number): Promise<Capacity> {
  const rig = await Rig.start(peer);
  let held = { viewers: 0, cores: 0, viewersCores: 0 };
  try {
    for (let viewers = STEP; viewers <= most; viewers += STEP) {
      const added = await rig.addViewers(STEP);
      const failure = await Promise.all(added.map((viewer) => rig.join(viewer))).then(() => undefined, String);
      if (failure !== undefined) return { name: peer.name, ...held, end: `${viewers} viewers: ${failure}` };
      const found = await tryStep(rig);
      if (found.lossRatio > TOLERATED_LOSS) {
        return { name: peer.name, ...held, end: `${viewers} viewers: ${(found.lossRatio * 100).toFixed(2)} % lost` };
      }
      held = { viewers, cores: found.cores, viewersCores: found.viewersCores };
    }
    return { name: peer.name, ...held, end: 'as many as were tried' };
  } finally {
    await rig.stop();
  }
}

async function tryStep(rig: Rig): Promise<{ lossRatio: number; cores: number; viewersCores: number }> {
  for (let attempt = 1; ; attempt += 1) {
    await delay(SETTLE_MS);
    const observed = await rig.observe(OBSERVED_SECONDS);
    const { lossRatio } = losses(observed);
    if (lossRatio <= TOLERATED_LOSS || attempt === ATTEMPTS) {
      const coresOf = (us: number): number => us / (OBSERVED_SECONDS * 1e6);
      return { lossRatio, cores: coresOf(cpuUs(observed.server)), viewersCores: coresOf(observed.viewersCpuUs) };
    }
  }
}
