import { drawMark } from './mark.ts';
import { encodeTimeCode, timeCodeColumns, timeCodeHeightShare, timeCodeRows } from './time-code.ts';

const paper = '#f5f2ea';
const ink = '#131316';
const ground = '#1d1b2e';
const colours = ['#ff4a26', '#2f57ff', '#f5b700', '#12a483', '#f5f2ea'] as const;
const cellSize = 80;

type Canvas2d = CanvasRenderingContext2D;

/**
 * Paints the test pattern: a field of nested squares that falls into disorder and comes to rest again, after Vera
 * Molnár. Lines that bend cannot be predicted from the frame before, so a video encoder needs its bits; the wave is
 * narrow enough that 1.5 Mbps do for 1280 x 720.
 */
export class PatternPainter {
  readonly #context: Canvas2d;
  readonly #width: number;
  readonly #height: number;

  constructor(context: Canvas2d) {
    this.#context = context;
    this.#width = context.canvas.width;
    this.#height = context.canvas.height;
  }

  /** `timeMs` is the wall-clock time, in milliseconds since 1970, that the picture shows as a clock and as a time code. */
  paint(timeMs: number): void {
    this.#context.fillStyle = ground;
    this.#context.fillRect(0, 0, this.#width, this.#height);
    this.#paintSquares(timeMs / 1000);
    this.#paintPlate(timeMs);
    this.#paintTimeCode(timeMs);
  }

  #paintSquares(seconds: number): void {
    const context = this.#context;
    context.lineWidth = 3;
    for (const [index, colour] of colours.entries()) {
      context.beginPath();
      for (let y = 0; y < this.#height / cellSize; y++)
        for (let x = 0; x < this.#width / cellSize; x++)
          if ((x * 7 + y * 3) % colours.length === index) addNestedSquares(context, x, y, seconds);
      context.strokeStyle = colour;
      context.stroke();
    }
  }

  #paintPlate(timeMs: number): void {
    const context = this.#context;
    const [left, top, width, height] = [this.#width / 2 - 280, this.#height / 2 - 160, 560, 240];
    context.fillStyle = ink;
    context.fillRect(left, top, width, height);
    drawMark(context, left + 40, top + 44, 14, paper, colours[0]);
    context.fillStyle = paper;
    context.textBaseline = 'alphabetic';
    context.font = '700 72px "Helvetica Neue", Helvetica, Arial, sans-serif';
    context.fillText('BitBasel', left + 130, top + 110);
    context.font = '500 52px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';
    context.fillText(clockText(timeMs), left + 40, top + 196);
    // A block that runs along the plate once a second shows at a glance whether motion is smooth.
    context.fillStyle = colours[0];
    context.fillRect(left + ((timeMs % 1000) / 1000) * (width - 40), top + height - 10, 40, 10);
  }

  #paintTimeCode(timeMs: number): void {
    const context = this.#context;
    const blockWidth = this.#width / timeCodeColumns;
    const blockHeight = (this.#height * timeCodeHeightShare) / timeCodeRows;
    const top = this.#height - blockHeight * timeCodeRows;
    for (const [index, isWhite] of encodeTimeCode(timeMs).entries()) {
      const row = Math.floor(index / timeCodeColumns);
      context.fillStyle = isWhite ? '#fff' : '#000';
      context.fillRect((index % timeCodeColumns) * blockWidth, top + row * blockHeight, blockWidth, blockHeight);
    }
  }
}

/** Three squares in a cell. A wave of disorder passes over the field; outside it they stand still. */
function addNestedSquares(context: Canvas2d, column: number, row: number, seconds: number): void {
  const wave = Math.sin(seconds * 0.5 + column * 0.42 + row * 0.3);
  const disorder = Math.max(0, wave) ** 8 * 11;
  for (let ring = 0; ring < 3; ring++) {
    const half = 35 - ring * 11;
    for (let corner = 0; corner < 4; corner++) {
      const angle = ((corner + 0.5) * Math.PI) / 2;
      const phase = column * 12.9 + row * 78.2 + ring * 37.7 + corner * 4.1;
      const x =
        (column + 0.5) * cellSize + half * Math.SQRT2 * Math.cos(angle) + disorder * Math.sin(phase + seconds * 0.4);
      const y =
        (row + 0.5) * cellSize + half * Math.SQRT2 * Math.sin(angle) + disorder * Math.cos(phase * 1.7 + seconds * 0.4);
      if (corner === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
    context.closePath();
  }
}

/** Hours to hundredths of a second, local time. */
function clockText(timeMs: number): string {
  const time = new Date(timeMs);
  const parts = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0'));
  return `${parts.join(':')}.${String(Math.floor(time.getMilliseconds() / 10)).padStart(2, '0')}`;
}
