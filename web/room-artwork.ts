const svg = 'http://www.w3.org/2000/svg';
const colourCount = 4;
const columns = 8;
const rows = 4;

/** A drawing of nested squares in a disorder of its own for every room, so that cards are told apart at a glance. */
export function roomArtwork(roomId: string): SVGSVGElement {
  const random = seededRandom(roomId);
  const artwork = document.createElementNS(svg, 'svg');
  artwork.setAttribute('viewBox', `0 0 ${columns * 40} ${rows * 40}`);
  artwork.setAttribute('aria-hidden', 'true');
  artwork.classList.add('artwork', `ground-${Math.floor(random() * colourCount)}`);
  const disorder = 1 + random() * 5;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const path = document.createElementNS(svg, 'path');
      path.setAttribute('d', nestedSquares(column * 40 + 20, row * 40 + 20, disorder * (0.3 + column / 6), random));
      path.setAttribute('class', `line-${Math.floor(random() * colourCount)}`);
      artwork.append(path);
    }
  return artwork;
}

function nestedSquares(centreX: number, centreY: number, disorder: number, random: () => number): string {
  const stray = () => (random() - 0.5) * disorder;
  let path = '';
  for (const half of [17, 12, 7]) {
    const corners = [
      [-half, -half],
      [half, -half],
      [half, half],
      [-half, half],
    ] as const;
    const points = corners.map(
      ([x, y]) => `${(centreX + x + stray()).toFixed(1)} ${(centreY + y + stray()).toFixed(1)}`,
    );
    path += `M${points.join('L')}Z`;
  }
  return path;
}

/** The same numbers from 0 to 1 for the same text: FNV-1a for the seed, then a linear congruential generator. */
function seededRandom(text: string): () => number {
  let state = 0x811c9dc5;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
