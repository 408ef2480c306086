import uPlot from '/dashboard/charts/uPlot.esm.js';
import type { Series } from './series.ts';

export interface ChartOptions {
  readonly title: string;
  readonly lines: readonly string[];
  /** How a value reads; unknown ones are shown as a dash. */
  readonly format: (value: number) => string;
}

const heightPx = 160;
const axisWidthPx = 76;
const lightOrDark = matchMedia('(prefers-color-scheme: dark)');

/** Some lines over time, with their latest values in words beside the title. */
export class Chart {
  readonly figure = document.createElement('figure');
  readonly #options: ChartOptions;
  readonly #values: HTMLElement[];
  readonly #canvas = document.createElement('div');
  readonly #watch: ResizeObserver;
  #plot: uPlot | undefined;
  #series: Series | undefined;

  constructor(parent: Element, options: ChartOptions) {
    this.#options = options;
    const caption = document.createElement('figcaption');
    const title = document.createElement('strong');
    title.textContent = options.title;
    this.#values = options.lines.map(() => document.createElement('span'));
    caption.append(title, ...this.#values);
    // A picture of what the caption and the tables say in words.
    this.#canvas.role = 'img';
    this.#canvas.ariaLabel = `${options.title} over the last minutes`;
    this.figure.append(caption, this.#canvas);
    parent.append(this.figure);
    this.#watch = new ResizeObserver(() => this.#fit());
    this.#watch.observe(this.figure);
    lightOrDark.addEventListener('change', this.#repaint);
  }

  show(series: Series): void {
    this.#series = series;
    for (const [index, element] of this.#values.entries()) {
      const value = series.latest[index] ?? null;
      const swatch = document.createElement('span');
      swatch.className = `swatch line-${index}`;
      const text = `${this.#options.lines[index]} ${value === null ? '–' : this.#options.format(value)}`;
      element.replaceChildren(swatch, text);
    }
    this.#plot ??= this.#createPlot();
    this.#plot.setData([series.timesSeconds, ...series.columns] as uPlot.AlignedData);
  }

  /** Colours are those of the style sheet, which a canvas does not follow by itself. */
  #createPlot(): uPlot {
    const colours = getComputedStyle(document.documentElement);
    const colour = (name: string) => colours.getPropertyValue(name).trim();
    const axis = { stroke: colour('--faint'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
    const { format, lines } = this.#options;
    return new uPlot(
      {
        ...{ width: Math.max(this.figure.clientWidth, 1), height: heightPx },
        ...{ legend: { show: false }, cursor: { show: false } },
        scales: { y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.1 : 1] } },
        axes: [axis, { ...axis, size: axisWidthPx, values: (_plot, values) => values.map(format) }],
        series: [{}, ...lines.map((label, index) => ({ label, stroke: colour(`--chart-${index}`), width: 2 }))],
      },
      [[], ...lines.map(() => [])],
      this.#canvas,
    );
  }

  #fit(): void {
    const width = this.figure.clientWidth;
    if (width > 0) this.#plot?.setSize({ width, height: heightPx });
  }

  readonly #repaint = (): void => {
    this.#plot?.destroy();
    this.#plot = undefined;
    if (this.#series !== undefined) this.show(this.#series);
  };

  close(): void {
    this.#watch.disconnect();
    lightOrDark.removeEventListener('change', this.#repaint);
    this.#plot?.destroy();
    this.figure.remove();
  }
}
