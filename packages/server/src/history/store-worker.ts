/** The thread that owns the database: an fsync, or a long query, holds up no media here. */
import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from './open-database.ts';
import { createAnswers, readSnapshot } from './reads.ts';
import type { Question, Questions } from './records.ts';
import type { StoreReply, StoreRequest, StoreWorkerData } from './store-messages.ts';
import { Writes } from './writes.ts';

const { path }: StoreWorkerData = workerData;
const { database, mode, fault, setAside } = openDatabase(path, Date.now());
const writes = new Writes(database);
const answers = createAnswers(database);

function reply(message: StoreReply): void {
  parentPort?.postMessage(message);
}

function answer<Q extends Question>(question: Q, asked: Questions[Q]['in']): Questions[Q]['out'] {
  return answers[question](asked);
}

function serve(request: StoreRequest): void {
  if (request.type === 'close') {
    // Puts what is in the log back into the file.
    database.close();
    parentPort?.close();
    return;
  }
  const { id } = request;
  try {
    if (request.type === 'commit') {
      writes.commit(request.records);
      reply({ type: 'done', id });
    } else {
      reply({ type: 'done', id, answer: answer(request.question, request.asked) });
    }
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
    reply({ type: 'failed', id, message: error instanceof Error ? error.message : String(error), code });
  }
}

parentPort?.on('message', serve);
const snapshot = readSnapshot(database);
reply({
  type: 'opened',
  mode,
  snapshot,
  ...(fault !== undefined && { fault }),
  ...(setAside !== undefined && { setAside }),
});
