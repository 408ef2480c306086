import type { Random } from './random.ts';

/** Says of each packet whether it is lost. */
export type LossModel = () => boolean;

export function randomLoss(share: number, random: Random): LossModel {
  return () => random() < share;
}

/**
 * Loss in bursts (Gilbert): in the good state nothing is lost, in the bad state everything.
 * @param share of all packets, 0 to 1
 * @param meanBurst packets
 */
export function burstLoss(share: number, meanBurst: number, random: Random): LossModel {
  const leaveBad = 1 / meanBurst;
  const enterBad = (leaveBad * share) / (1 - share);
  let isBad = false;
  return () => {
    isBad = isBad ? random() >= leaveBad : random() < enterBad;
    return isBad;
  };
}
