/** Gauges of what the server holds, by series, for what must be nothing once all is closed. */
const held =
  /^(bitbasel_(?:rooms|sessions|hosts|viewers|tracks|websockets|transport_connections)(?:\{[^}]*\})?) (\S+)$/gm;

/** The series that are not zero, as the metrics' text shows them. */
export function heldObjects(metrics: string): string[] {
  const series = [...metrics.matchAll(held)];
  if (series.length < 10) throw new Error(`The metrics show too few gauges:\n${metrics}`);
  return series.filter(([, , value]) => Number(value) !== 0).map(([line]) => line);
}
