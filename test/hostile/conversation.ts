import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Frames that one signaling client sends, one after the other: text, or bytes in a binary frame. */
export interface Conversation {
  readonly room: string;
  readonly frames: readonly (string | Buffer)[];
  /** The code of the error that the client is told of, or that the socket closes with. Undefined: any, or none. */
  readonly ends: string | number | undefined;
}

interface Outcome {
  /** Codes of the errors. */
  readonly errors: readonly string[];
  /** Undefined where the server goes on and answers a ping. */
  readonly closeCode: number | undefined;
}

/** Holds a conversation. @returns what is wrong with its outcome; undefined where nothing is */
export async function converse(port: number, conversation: Conversation): Promise<string | undefined> {
  const { errors, closeCode } = await outcomeOf(port, conversation);
  const { room, frames, ends } = conversation;
  const isRight = ends === undefined || ends === closeCode || errors.some((code) => code === ends);
  if (isRight && !errors.includes('internal')) return undefined;
  const said = frames.map((frame) => String(frame).slice(0, 100)).join(' ');
  return `${room}: ${said}: expected ${ends}, told of ${errors.join() || 'nothing'}, closed with ${closeCode}`;
}

async function outcomeOf(port: number, { room, frames }: Conversation): Promise<Outcome> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/signal/${room}`);
  const errors: string[] = [];
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  // A write that the server no longer takes; the close event follows.
  socket.on('error', () => {});
  socket.on('close', (closeCode) => resolve({ errors, closeCode }));
  socket.on('message', (data) => {
    const { type, code }: { type: string; code?: string } = JSON.parse(data.toString());
    if (code !== undefined) errors.push(code);
    if (type === 'pong') resolve({ errors, closeCode: undefined });
  });
  await once(socket, 'open');
  for (const frame of [...frames, '{"type":"ping"}']) socket.send(frame);
  const outcome = await promise;
  socket.terminate();
  return outcome;
}
