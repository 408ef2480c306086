/**
 * Runs a command that sends RTP and RTCP to 127.0.0.1:5004 and keeps what arrives, with its times:
 *
 *   record.ts [--unset-report-times] FILE COMMAND ARGUMENT...
 *
 * `--unset-report-times` overwrites the timestamp of every sender report with all ones, as OBS once sent them.
 */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isRtcp } from '../../packages/server/src/rtp/packet.ts';
import { RtcpCursor, rtcpType } from '../../packages/server/src/rtp/rtcp/cursor.ts';
import { type DumpedPacket, writeRtpDump } from '../support/rtp-dump.ts';

const port = 5004;
/** A fault is to be named within 5 s, and a little more shows what is named beyond it. */
const recordMs = 6_000;
/** For the sender to start and encode its first frame. */
const patienceMs = 15_000;
const reportTimestampOffset = 16;

const { values, positionals } = parseArgs({
  options: { 'unset-report-times': { type: 'boolean', default: false } },
  allowPositionals: true,
  strict: true,
});
const [file, command, ...commandArguments] = positionals;
if (file === undefined || command === undefined) throw new Error('Say which file, and which command.');

const socket = createSocket('udp4').bind(port, '127.0.0.1');
await once(socket, 'listening');
const sender = spawn(command, commandArguments, { stdio: ['ignore', 'ignore', 'inherit'] });
const packets: DumpedPacket[] = [];
let startMs: number | undefined;
let end = setTimeout(finish, patienceMs);

socket.on('message', (bytes: Buffer) => {
  if (startMs === undefined) {
    startMs = performance.now();
    clearTimeout(end);
    end = setTimeout(finish, recordMs);
  }
  if (values['unset-report-times']) unsetReportTimes(bytes);
  packets.push({ atMs: performance.now() - startMs, bytes });
});

function unsetReportTimes(packet: Buffer): void {
  if (!isRtcp(packet)) return;
  const cursor = new RtcpCursor();
  cursor.open(packet);
  while (cursor.next()) {
    if (cursor.packetType === rtcpType.senderReport)
      packet.writeUInt32BE(0xffff_ffff, cursor.start + reportTimestampOffset);
  }
}

function finish(): void {
  sender.kill('SIGKILL');
  socket.close();
  if (packets.length === 0) throw new Error(`Nothing came from ${command}.`);
  writeFileSync(String(file), writeRtpDump(packets));
  console.log(`${file}: ${packets.length} packets`);
}
