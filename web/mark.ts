/** The mark of the house: a small b of five by three pixels, one of them lit. */
const rows = ['x..', 'x..', 'xxx', 'x.x', 'xxo'] as const;

/** Draws the mark with its top left corner at (left, top); `pixel` is the size of one of its pixels, gap included. */
export function drawMark(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  pixel: number,
  colour: string,
  lit: string,
): void {
  for (const [y, row] of rows.entries())
    for (const [x, kind] of [...row].entries()) {
      if (kind === '.') continue;
      context.fillStyle = kind === 'o' ? lit : colour;
      context.fillRect(left + x * pixel, top + y * pixel, pixel - 2, pixel - 2);
    }
}
