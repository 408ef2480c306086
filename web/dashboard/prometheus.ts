/** One value of the text that Prometheus scrapes. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const escapes: Readonly<Record<string, string>> = { n: '\n' };

/** Samples by the names of their metrics. Lines that are none are left out. */
export function parseMetrics(text: string): ReadonlyMap<string, readonly Sample[]> {
  const byName = new Map<string, Sample[]>();
  for (const each of text.split('\n')) {
    const [, name, labels = '', value] = line.exec(each) ?? [];
    if (name === undefined || each.startsWith('#')) continue;
    const samples = byName.get(name) ?? [];
    byName.set(name, samples);
    samples.push({ labels: labelsOf(labels), value: Number(value) });
  }
  return byName;
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(label))
    labels[name] = value.replaceAll(/\\(.)/g, (_, character: string) => escapes[character] ?? character);
  return labels;
}
