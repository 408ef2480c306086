import { cpuUsPerPacket, median } from '../measurement.ts';
import type { Results, Round } from './results.ts';

/** A row of the table: medians over the rounds with so many viewers. Undefined where the way of sending has no such figure. */
export interface Row {
  readonly name: string;
  readonly viewers: number;
  readonly cpuUs: number;
  readonly userUs: number;
  readonly systemUs: number;
  /** Medians of the ratios within a round. */
  readonly toOurs: number | undefined;
  readonly toBare: number | undefined;
  readonly lossRatio: number;
  /** Of the viewer that lost most. */
  readonly worstLossRatio: number | undefined;
  readonly connectAllMs: number | undefined;
  readonly picturesAllMs: number | undefined;
  readonly connectCpuMs: number | undefined;
  readonly memoryPerViewerBytes: number | undefined;
  readonly joinMs: { readonly least: number; readonly median: number; readonly most: number } | undefined;
}

interface Cpu {
  readonly name: string;
  readonly userUsPerPacket: number;
  readonly systemUsPerPacket: number;
}

const oursName = 'BitBasel';
export const bareName = 'bare loop';

/** Floor and bare loop first, then the peers by what a packet costs them. */
export function summarize({ rounds }: Results): Row[] {
  const numbers = [...new Set(rounds.map(({ viewers }) => viewers))];
  return numbers.flatMap((viewers) => {
    const same = rounds.filter((round) => round.viewers === viewers);
    const names = (pick: (round: Round) => readonly Cpu[]) => [
      ...new Set(same.flatMap((round) => pick(round).map(({ name }) => name))),
    ];
    const floor = names((round) => round.floor).map((name) => rowOf(name, viewers, same));
    const bare = same.some((round) => round.bare !== undefined) ? [rowOf(bareName, viewers, same)] : [];
    const peers = names((round) => round.peers).map((name) => rowOf(name, viewers, same));
    return [...floor, ...bare, ...peers.toSorted((a, b) => a.cpuUs - b.cpuUs)];
  });
}

function rowOf(name: string, viewers: number, rounds: readonly Round[]): Row {
  const found = rounds.flatMap((round) => {
    const cpu = find(round, name);
    return cpu === undefined ? [] : [{ round, cpu }];
  });
  const middle = (pick: (one: Cpu) => number) => median(found.map(({ cpu }) => pick(cpu)));
  const ratioTo = (other: string) =>
    medianOf(
      found.flatMap(({ round, cpu }) => {
        const reference = find(round, other);
        return reference === undefined ? [] : [cpuUsPerPacket(cpu) / cpuUsPerPacket(reference)];
      }),
    );
  const peers = rounds.flatMap((round) => round.peers.filter((peer) => peer.name === name));
  const joins = peers.flatMap(({ joinMs }) => joinMs);
  const losses = found.map(({ cpu }) => ('lossRatio' in cpu ? Number(cpu.lossRatio) : 0));
  return {
    name,
    viewers,
    cpuUs: middle(cpuUsPerPacket),
    userUs: middle((one) => one.userUsPerPacket),
    systemUs: middle((one) => one.systemUsPerPacket),
    toOurs: ratioTo(oursName),
    toBare: ratioTo(bareName),
    lossRatio: Math.max(0, ...losses),
    worstLossRatio: peers.length === 0 ? undefined : Math.max(...peers.map((peer) => peer.worstLossRatio)),
    connectAllMs: medianOf(peers.map((peer) => peer.connectAllMs)),
    picturesAllMs: medianOf(peers.map((peer) => peer.picturesAllMs)),
    connectCpuMs: medianOf(peers.map((peer) => peer.connectCpuMs)),
    memoryPerViewerBytes: medianOf(peers.map((peer) => peer.memoryPerViewerBytes)),
    joinMs:
      joins.length === 0 ? undefined : { least: Math.min(...joins), median: median(joins), most: Math.max(...joins) },
  };
}

function find(round: Round, name: string): Cpu | undefined {
  if (name === bareName) return round.bare;
  return [...round.floor, ...round.peers].find((one) => one.name === name);
}

function medianOf(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : median(numbers);
}
