/** What the network thread tells of. */
export const eventType = { packet: 0, reached: 1, connected: 2, closed: 3, failed: 4 } as const;

/** The connection's number (32 bits), the type and the length of the data (16 bits each). */
const headerBytes = 8;

/** Reads what a port has told, in its order. `data` is a part of `events`, which nobody else has. */
export function readEvents(events: Buffer, onEvent: (connection: number, type: number, data: Buffer) => void): void {
  let offset = 0;
  while (offset + headerBytes <= events.length) {
    const connection = events.readUInt32LE(offset);
    const type = events.readUInt16LE(offset + 4);
    const start = offset + headerBytes;
    const end = start + events.readUInt16LE(offset + 6);
    onEvent(connection, type, events.subarray(start, end));
    offset = (end + 7) & ~7;
  }
}
