import type { Percentiles } from './histogram.ts';
import type { LoadReport } from './report.ts';
import { percent } from './verdict.ts';

const nameWidth = 22;

/** The report for people. */
export function formatReport(report: LoadReport): string {
  const { hosts, viewers, packets, generator, server } = report;
  const rows: [string, string][] = [
    ['hosts', `${hosts.published} published, ${hosts.failed} failed`],
    ['viewers', `${viewers.planned}; sessions: ${viewers.connected} connected, ${viewers.failed} failed`],
    ...Object.entries(report.errors).map(([kind, count]): [string, string] => ['  error', `${kind}: ${count}`]),
    ['answer to POST', times(report.answerMs)],
    ['connected', times(report.connectMs)],
    ['first packet', times(report.firstPacketMs)],
    ['first keyframe', times(report.firstKeyframeMs)],
    ['packets expected', `${packets.expected}`],
    ['packets delivered', `${packets.delivered}, ${packets.recovered} of them by repair`],
    ['loss after repair', `${percent(packets.lossRatio)} (${packets.lost})`],
    ['loss before repair', percent(packets.lossRatioBeforeRepair)],
    ['gaps, duplicates', `${packets.gaps}, ${packets.duplicates}`],
    ['packet delay', times(report.delayMs)],
  ];
  if (server !== undefined)
    rows.push(
      ['server CPU', `${server.cpuCores.toFixed(2)} cores`],
      ['server memory', `${mib(server.rssBytes)} MiB, ${(server.memoryPerViewerBytes / 1024).toFixed(1)} KiB a viewer`],
    );
  rows.push(['generator', generatorLine(report)], ['machine CPU', `${percent(generator.machine.cpuBusy)} busy`]);
  if (generator.machine.udpReceiveBufferErrors)
    rows.push(['full UDP buffers', `${generator.machine.udpReceiveBufferErrors} packets lost, of any process here`]);
  const lines = rows.map(([name, value]) => `${name.padEnd(nameWidth)}${value}`);
  const limits = generator.reasons.map((reason) => `The generator may be the limit: ${reason}.`);
  return [...lines, ...limits, ...report.messages.map((message) => `  ${message}`)].join('\n');
}

function times({ count, p50, p95, p99, max }: Percentiles): string {
  if (count === 0) return 'none';
  const [half, most, nearly, slowest] = [p50, p95, p99, max].map((ms) => ms.toFixed(ms < 10 ? 1 : 0));
  return `p50 ${half}  p95 ${most}  p99 ${nearly}  max ${slowest} ms`;
}

function generatorLine({ generator }: LoadReport): string {
  const { processes } = generator;
  const delayMs = Math.max(0, ...processes.map(({ eventLoopDelayP99Ms }) => eventLoopDelayP99Ms));
  const cores = processes.reduce((sum, { cpuCores }) => sum + cpuCores, 0);
  return `${processes.length} processes, ${cores.toFixed(2)} cores, event loop p99 ${delayMs.toFixed(1)} ms`;
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
