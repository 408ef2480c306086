/** For example `1.48 Mbps` or `96 kbps`. */
export function formatBitrate(bitrateBps: number): string {
  return bitrateBps >= 1e6 ? `${(bitrateBps / 1e6).toFixed(2)} Mbps` : `${Math.round(bitrateBps / 1000)} kbps`;
}

/** For example `1280 × 720`; a dash before the first picture. */
export function formatResolution(width: number, height: number): string {
  return width > 0 ? `${width} × ${height}` : '–';
}

/** For example `183 ms`, `2.4 s`; a dash where it is not known. */
export function formatDelay(delayMs: number | null): string {
  if (delayMs === null) return '–';
  return delayMs < 1000 ? `${Math.round(delayMs)} ms` : `${(delayMs / 1000).toFixed(1)} s`;
}

export function formatViewers(count: number): string {
  return count === 1 ? '1 viewer' : `${count.toLocaleString('en')} viewers`;
}

/** Time gone by in its largest unit, for example `12 min`. */
export function formatDuration(durationMs: number): string {
  const minutes = Math.floor(durationMs / 60_000);
  if (minutes < 1) return 'under a minute';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
