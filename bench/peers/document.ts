import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { capacityChart, cpuChart, joinChart, memoryChart } from './charts.ts';
import type { Results } from './results.ts';
import { summarize } from './summary.ts';
import { capacityTable, cpuTable, markdown, viewerTable } from './tables.ts';

/** Writes `figures.md`, `figures.json` and the charts of a run into a folder. */
export async function writeDocument(folder: string, results: Results): Promise<void> {
  await mkdir(folder, { recursive: true });
  const rows = summarize(results);
  const viewers = Math.max(...rows.map((row) => row.viewers));
  const charts: [string, string][] = [
    ['cpu.svg', cpuChart(rows, viewers)],
    ['join.svg', joinChart(rows, viewers)],
    ['memory.svg', memoryChart(rows, viewers)],
  ];
  if (results.capacities.length > 0) charts.push(['capacity.svg', capacityChart(results.capacities)]);
  for (const [file, svg] of charts) await writeFile(join(folder, file), svg);
  await writeFile(join(folder, 'figures.json'), `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(
    join(folder, 'figures.md'),
    text(
      results,
      charts.map(([file]) => file),
    ),
  );
}

function text(results: Results, charts: readonly string[]): string {
  const rows = summarize(results);
  const versions = results.peers.map(({ name, version, setting }) => `| ${name} | ${version} | ${setting} |`);
  const failures = results.rounds.flatMap(({ viewers, failures: found }) =>
    found.map(({ name, reason }) => `- ${name} with ${viewers} viewers: ${reason}`),
  );
  const missing = results.unavailable.map(({ name, reason }) => `- ${name} was not measured: ${reason}`);
  const capacity =
    results.capacities.length === 0
      ? []
      : [
          '## Viewers held',
          '',
          'By one room, with less than 0.1 % lost.',
          '',
          markdown(capacityTable(results.capacities)),
          '',
        ];
  return [
    '# Figures of one run',
    '',
    `Written by \`${results.command}\`; what they mean is in [performance.md](../performance.md).`,
    '',
    `- ${results.machine}`,
    `- ${results.date}; load of the machine before ${results.loadBefore.toFixed(2)}, after ${results.loadAfter.toFixed(2)}`,
    `- ${results.rounds.length} rounds in all, ${results.warmUpSeconds} s of warm-up, ${results.seconds} s measured; medians`,
    ...missing,
    ...failures,
    '',
    '## CPU of a forwarded packet',
    '',
    markdown(cpuTable(rows)),
    '',
    '## Viewers who come',
    '',
    markdown(viewerTable(rows)),
    '',
    ...capacity,
    '## Versions and settings',
    '',
    '| | version | setting |\n|---|---|---|',
    ...versions,
    '',
    ...charts.map((file) => `![${file}](${file})`),
    '',
  ].join('\n');
}
