import type { RoomInfo } from '@bitbasel/protocol';
import { afterEach } from 'vitest';
import { MediaServerProcess } from './media-server.ts';

// What the servers of a test that failed say of their rooms and sessions, and the end of their logs: a picture that
// stands still on a busy machine is seldom seen again.

const answerTimeoutMs = 5000;
const logLines = 20;

// Not `onTestFailed`, which comes after a test has stopped its own servers in `onTestFinished`.
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const server of MediaServerProcess.running) console.log(await description(server));
});

async function description(server: MediaServerProcess): Promise<string> {
  const log = server.output.trimEnd().split('\n').slice(-logLines);
  return [`${server.url} when the test failed:`, ...(await rooms(server)), ...log].join('\n');
}

async function rooms(server: MediaServerProcess): Promise<string[]> {
  const ask = <T>(path: string) => server.json<T>(path, { signal: AbortSignal.timeout(answerTimeoutMs) });
  try {
    const { rooms: infos } = await ask<{ rooms: RoomInfo[] }>('/rooms');
    const qualities = infos.map(({ room_id }) => ask<unknown>(`/rooms/${encodeURIComponent(room_id)}/quality`));
    return (await Promise.all(qualities)).map((each) => JSON.stringify(each));
  } catch (error) {
    return [String(error)];
  }
}
