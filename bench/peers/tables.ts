import type { Capacity } from './capacity.ts';
import type { Row } from './summary.ts';

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const none = '';

export function cpuTable(rows: readonly Row[]): Table {
  return {
    header: ['', 'viewers', 'CPU us/packet', 'user', 'system', 'to ours', 'to bare', 'loss', 'worst viewer'],
    rows: rows.map((row) => [
      row.name,
      String(row.viewers),
      row.cpuUs.toFixed(2),
      row.userUs.toFixed(2),
      row.systemUs.toFixed(2),
      row.toOurs?.toFixed(2) ?? none,
      row.toBare?.toFixed(2) ?? none,
      percent(row.lossRatio),
      percent(row.worstLossRatio),
    ]),
  };
}

export function viewerTable(rows: readonly Row[]): Table {
  return {
    header: [
      '',
      'viewers',
      'all connected',
      'all have a picture',
      'CPU of a connect',
      'memory of a viewer',
      'Chromium joins: median',
      'least to most',
    ],
    rows: rows
      .filter(({ connectAllMs }) => connectAllMs !== undefined)
      .map((row) => [
        row.name,
        String(row.viewers),
        milliseconds(row.connectAllMs),
        milliseconds(row.picturesAllMs),
        row.connectCpuMs === undefined ? none : `${row.connectCpuMs.toFixed(1)} ms`,
        row.memoryPerViewerBytes === undefined ? none : `${(row.memoryPerViewerBytes / 1024).toFixed(0)} KiB`,
        milliseconds(row.joinMs?.median),
        row.joinMs === undefined ? none : `${row.joinMs.least.toFixed(0)} to ${row.joinMs.most.toFixed(0)} ms`,
      ]),
  };
}

export function capacityTable(capacities: readonly Capacity[]): Table {
  return {
    header: ['', 'viewers held', 'cores of the server', 'cores of the viewers', 'what ended it'],
    rows: capacities.map(({ name, viewers, cores, viewersCores, end }) => [
      name,
      String(viewers),
      cores.toFixed(2),
      viewersCores.toFixed(2),
      end,
    ]),
  };
}

function percent(ratio: number | undefined): string {
  return ratio === undefined ? none : `${(ratio * 100).toFixed(2)} %`;
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? none : `${value.toFixed(0)} ms`;
}

/** For a terminal. */
export function plain({ header, rows }: Table): string {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return [header, ...rows].map(line).join('\n');
}

export function markdown({ header, rows }: Table): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const rule = header.map((_, column) => (column === 0 ? '---' : '---:'));
  return [header, rule, ...rows].map(line).join('\n');
}
