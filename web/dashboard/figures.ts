/** Values as operators read them; a dash for what is not known. */
const unknown = '–';

export function readMs(valueMs: number | null): string {
  return valueMs === null ? unknown : `${valueMs < 10 ? valueMs.toFixed(1) : Math.round(valueMs)} ms`;
}

/** A part of one, for example `1.5%`. */
export function readShare(share: number | null): string {
  if (share === null) return unknown;
  const percent = share * 100;
  return `${percent === 0 || percent >= 10 ? Math.round(percent) : percent.toFixed(1)}%`;
}

export function readBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let index = 0;
  for (; value >= 999.5 && index < units.length - 1; index += 1) value /= 1000;
  return `${index === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[index]}`;
}

/** Time gone by, for example `2 h 05 min`. */
export function readAge(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours >= 48) return `${Math.floor(hours / 24)} days ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, '0')} min`;
  return minutes > 0 ? `${minutes} min ${String(whole % 60).padStart(2, '0')} s` : `${whole} s`;
}

export function readCount(value: number | null | undefined): string {
  return value === null || value === undefined ? unknown : value.toLocaleString('en');
}

/** An ISO time in the reader's own zone. */
export function readTime(time: string | null): string {
  return time === null
    ? unknown
    : new Date(time).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'medium' });
}

export const readAgeOf = (time: string, nowMs: number): string => readAge((nowMs - Date.parse(time)) / 1000);

/** Fills a list of figures. */
export function showFigures(
  list: HTMLDListElement,
  figures: readonly (readonly [name: string, value: string])[],
): void {
  const shown = figures.map(([name, value]) => {
    const pair = document.createElement('div');
    const term = document.createElement('dt');
    const figure = document.createElement('dd');
    term.textContent = name;
    figure.textContent = value;
    pair.append(term, figure);
    return pair;
  });
  list.replaceChildren(...shown);
}

/** Fills a list of texts, which is hidden where there are none. */
export function showTexts(list: HTMLUListElement, texts: readonly string[]): void {
  list.hidden = texts.length === 0;
  list.replaceChildren(
    ...texts.map((text) => {
      const item = document.createElement('li');
      item.textContent = text;
      return item;
    }),
  );
}
