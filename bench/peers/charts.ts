import { BarChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Capacity } from './capacity.ts';
import type { Row } from './summary.ts';

use([BarChart, GridComponent, LegendComponent, SVGRenderer, TitleComponent]);

const WIDTH = 860;
const BAR_HEIGHT = 26;
const FRAME_HEIGHT = 110;
const COLORS = ['#2f6f9f', '#e08a3c'];

/** CPU a packet in user space and in the kernel, one bar for each way of sending, the cheapest on top. */
export function cpuChart(rows: readonly Row[], viewers: number): string {
  const shown = rows.filter((row) => row.viewers === viewers).toSorted((a, b) => b.cpuUs - a.cpuUs);
  const series = (name: string, pick: (row: Row) => number) => ({
    name,
    type: 'bar',
    stack: 'cpu',
    data: shown.map((row) => round(pick(row))),
  });
  const total = {
    ...series('', () => 0),
    label: {
      show: true,
      position: 'right',
      formatter: ({ dataIndex }: { dataIndex: number }) => shown[dataIndex]?.cpuUs.toFixed(2) ?? '',
    },
  };
  return draw(
    `CPU for a forwarded packet, ${viewers} viewers (us)`,
    shown.map(({ name }) => name),
    [series('user', (row) => row.userUs), series('system', (row) => row.systemUs), total],
  );
}

/** How long one who joins waits for the first whole keyframe. */
export function joinChart(rows: readonly Row[], viewers: number): string {
  const shown = rows
    .flatMap((row) =>
      row.viewers === viewers && row.joinMs !== undefined ? [{ name: row.name, ms: row.joinMs.median }] : [],
    )
    .toSorted((a, b) => b.ms - a.ms);
  return bars(
    'Chromium joins: time to its first picture, median (ms)',
    shown.map(({ name, ms }) => ({ name, value: Math.round(ms) })),
  );
}

export function memoryChart(rows: readonly Row[], viewers: number): string {
  const shown = rows
    .flatMap(({ name, viewers: number, memoryPerViewerBytes }) =>
      number === viewers && memoryPerViewerBytes !== undefined
        ? [{ name, value: Math.round(memoryPerViewerBytes / 1024) }]
        : [],
    )
    .toSorted((a, b) => b.value - a.value);
  return bars('Memory of a viewer (KiB)', shown);
}

export function capacityChart(capacities: readonly Capacity[]): string {
  const shown = capacities.map(({ name, viewers }) => ({ name, value: viewers }));
  return bars(
    'Viewers held with less than 0.1 % lost',
    shown.toSorted((a, b) => a.value - b.value),
  );
}

function bars(title: string, shown: readonly { readonly name: string; readonly value: number }[]): string {
  const label = { show: true, position: 'right' };
  return draw(
    title,
    shown.map(({ name }) => name),
    [{ type: 'bar', data: shown.map(({ value }) => value), label }],
  );
}

function draw(title: string, names: readonly string[], series: readonly object[]): string {
  const chart = init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: WIDTH,
    height: FRAME_HEIGHT + BAR_HEIGHT * names.length,
  });
  const option: EChartsCoreOption = {
    animation: false,
    backgroundColor: '#ffffff',
    color: COLORS,
    title: { text: title, textStyle: { fontSize: 15 } },
    ...(series.length > 1 ? { legend: { right: 10, top: 4, data: ['user', 'system'] } } : {}),
    grid: { left: 8, right: 60, top: 40, bottom: 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: { type: 'value' },
    yAxis: { type: 'category', data: names, axisTick: { show: false } },
    series,
  };
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
