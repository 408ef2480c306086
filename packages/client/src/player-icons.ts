/** Drawn for a square of 24; each a single path. */
const paths = {
  play: 'M7 4v16l13-8z',
  pause: 'M6 4h4v16H6zM14 4h4v16h-4z',
  sound:
    'M3 9v6h4l6 5V4L7 9zM15.5 8a5 5 0 0 1 0 8l-1.2-1.6a3 3 0 0 0 0-4.8zM18 4.6a9.2 9.2 0 0 1 0 14.8l-1.2-1.6a7.2 7.2 0 0 0 0-11.6z',
  muted:
    'M3 9v6h4l6 5V4L7 9zM15.4 9.8l1.4-1.4 2.2 2.2 2.2-2.2 1.4 1.4L20.4 12l2.2 2.2-1.4 1.4-2.2-2.2-2.2 2.2-1.4-1.4 2.2-2.2z',
  expand: 'M4 4h7v2H6v5H4zM13 4h7v7h-2V6h-5zM4 13h2v5h5v2H4zM18 13h2v7h-7v-2h5z',
  shrink: 'M9 4h2v7H4V9h5zM13 4h2v5h5v2h-7zM4 13h7v7H9v-5H4zM13 13h7v2h-5v5h-2z',
} as const;

export type IconName = keyof typeof paths;

const svg = 'http://www.w3.org/2000/svg';

/** For beside or in place of words: screen readers are told nothing of it. */
export function createIcon(): { readonly element: SVGSVGElement; show(name: IconName): void } {
  const element = document.createElementNS(svg, 'svg');
  const path = document.createElementNS(svg, 'path');
  element.setAttribute('viewBox', '0 0 24 24');
  element.setAttribute('aria-hidden', 'true');
  element.append(path);
  return { element, show: (name) => path.setAttribute('d', paths[name]) };
}
