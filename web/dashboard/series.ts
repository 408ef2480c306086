/** Half an hour, at one sample every two seconds. */
const mostSamples = 900;

/** Some values over time, the latest ones, as columns: what a chart draws. Unknown values are null. */
export class Series {
  readonly timesSeconds: number[] = [];
  readonly columns: readonly (number | null)[][];

  constructor(columns: number) {
    this.columns = Array.from({ length: columns }, () => []);
  }

  add(timeSeconds: number, values: readonly (number | null)[]): void {
    this.timesSeconds.push(timeSeconds);
    for (const [index, column] of this.columns.entries()) column.push(values[index] ?? null);
    if (this.timesSeconds.length <= mostSamples) return;
    this.timesSeconds.shift();
    for (const column of this.columns) column.shift();
  }

  /** The values of the latest sample. */
  get latest(): readonly (number | null)[] {
    return this.columns.map((column) => column.at(-1) ?? null);
  }
}
