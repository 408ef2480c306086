/**
 * `make loop-health`: how free the server's one thread is while 100, 300 and 500 viewers watch: how late its timers are,
 * and how long an HTTP request takes that has nothing to do with the media. The host and the viewers share the machine.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { describeMachine } from './measurement.ts';
import { Stage } from './stage.ts';
import { FRAMES_PER_SECOND, PACKETS_PER_FRAME, paceFrames, WARM_UP_FRAMES } from './stream.ts';

/** From answer to next request. */
const requestPauseMs = 20;
const drainMs = 500;

interface Health {
  readonly viewers: number;
  /** 0 to 1: how much of the time the main thread was busy. */
  readonly utilization: number;
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  readonly httpP50Ms: number;
  readonly httpP99Ms: number;
  /** 0 to 1: sent, and not seen by the viewers. */
  readonly lossRatio: number;
}

const { values } = parseArgs({
  options: {
    viewers: { type: 'string', default: '100,300,500' },
    seconds: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
async function measure(viewers: number, seconds: number): Promise<Health> {
  const stage = await Stage.open(viewers);
  try {
    await stage.connectViewers();
    await paceFrames(WARM_UP_FRAMES, stage.sendFrame);
    await delay(drainMs);
    const receivedBefore = await stage.rtpReceived();
    const frames = seconds * FRAMES_PER_SECOND;
    const requests = new RequestLoop(`${stage.server.url}/health/live`);
    await stage.server.watchLoop();
    await paceFrames(frames, stage.sendFrame);
    const loop = await stage.server.loop();
    const timesMs = await requests.stop();
    await delay(drainMs);
    const received = (await stage.rtpReceived()) - receivedBefore;
    return {
      viewers,
      utilization: loop.utilization,
      delayP50Ms: loop.delayP50Ms,
      delayP99Ms: loop.delayP99Ms,
      httpP50Ms: percentile(timesMs, 0.5),
      httpP99Ms: percentile(timesMs, 0.99),
      lossRatio: 1 - received / (frames * PACKETS_PER_FRAME * viewers),
    };
  } finally {
    stage.close();
  }
}

/** Asks again and again, until it is stopped. */
class RequestLoop {
  readonly #timesMs: number[] = [];
  readonly #done: Promise<void>;
  #isStopped = false;

  constructor(url: string) {
    this.#done = this.#run(url);
    // What went wrong is told by `stop`, if by then nothing else has.
    this.#done.catch(() => {});
  }

  /** @returns what each request took, in ms */
  async stop(): Promise<readonly number[]> {
    this.#isStopped = true;
    await this.#done;
    return this.#timesMs;
  }

  async #run(url: string): Promise<void> {
    while (!this.#isStopped) {
      const startMs = performance.now();
      const response = await fetch(url);
      await response.text();
      this.#timesMs.push(performance.now() - startMs);
      await delay(requestPauseMs);
    }
  }
}

function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function rounded(health: Health): object {
  return Object.fromEntries(Object.entries(health).map(([key, value]) => [key, Number(Number(value).toFixed(4))]));
}

const found: Health[] = [];
for (const viewers of values.viewers.split(',')) found.push(await measure(Number(viewers), Number(values.seconds)));
if (values.json) console.log(JSON.stringify({ machine: describeMachine(), found }, null, 2));
else {
  console.log(describeMachine());
  console.table(found.map(rounded));
}
process.exit();
