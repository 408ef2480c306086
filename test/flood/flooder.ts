/**
 * A flood from a process of its own: `flooder.ts http|udp PORT PER_SECOND SECONDS` prints what came of it as JSON.
 */
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { RandomBytes } from '../hostile/random-bytes.ts';

const stepMs = 10;
const connectionCount = 20;
const body = JSON.stringify({ room_id: 'flooded' });
const request =
  'POST /rooms HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
  `Content-Length: ${body.length}\r\n\r\n${body}`;

const [kind, port, perSecond, seconds] = process.argv.slice(2);
const perStep = Math.round((Number(perSecond) * stepMs) / 1000);
const steps = (Number(seconds) * 1000) / stepMs;

/** A step that is late is made up for, so that the rate holds on a busy machine. */
async function inSteps(send: (step: number) => void): Promise<number> {
  const startMs = performance.now();
  for (let step = 0; step < steps; step += 1) {
    const waitMs = startMs + step * stepMs - performance.now();
    if (waitMs > 0) await delay(waitMs);
    send(step);
  }
  return Math.round((steps * perStep * 1000) / (performance.now() - startMs));
}

async function floodHttp(): Promise<object> {
  const statuses: Record<string, number> = {};
  const connections = Array.from({ length: connectionCount }, () => {
    const connection = connect(Number(port), '127.0.0.1').setEncoding('latin1');
    let rest = '';
    connection.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const status = /HTTP\/1\.1 (\d{3})/.exec(line)?.[1];
        if (status !== undefined) statuses[status] = (statuses[status] ?? 0) + 1;
      }
    });
    return connection;
  });
  let sent = 0;
  const achieved = await inSteps((step) => {
    connections[step % connectionCount]?.write(request.repeat(perStep));
    sent += perStep;
  });
  const answered = () => Object.values(statuses).reduce((sum, count) => sum + count, 0);
  for (let waits = 0; answered() < sent && waits < 500; waits += 1) await delay(20);
  for (const connection of connections) connection.destroy();
  return { achieved, sent, answered: answered(), statuses };
}

async function floodUdp(): Promise<object> {
  const socket = createSocket('udp4');
  const random = new RandomBytes(7);
  const achieved = await inSteps(() => {
    for (let count = 0; count < perStep; count += 1) {
      const datagram = Buffer.from(random.bytes(20 + (count % 100)));
      // Some look like STUN, DTLS and RTP, the others like nothing.
      datagram[0] = [0, 22, 0x80, datagram[0] ?? 0][count % 4] ?? 0;
      socket.send(datagram, Number(port), '127.0.0.1');
    }
  });
  socket.close();
  return { achieved, sent: steps * perStep };
}

console.log(JSON.stringify(kind === 'http' ? await floodHttp() : await floodUdp()));
