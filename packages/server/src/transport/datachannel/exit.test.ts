import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = `
  import { createDatachannelTransport } from '${import.meta.resolve('./datachannel.ts')}';
  import { createClientPeer } from '${import.meta.resolve('./client-peer.ts')}';
  const transport = await createDatachannelTransport({ bindAddress: '127.0.0.1', port: 0, onError() {} });
  const connection = transport.createConnection({ onPacket() {}, onStateChange() {} });
  const peer = await createClientPeer();
  connection.connect(peer.remote);
  peer.connect(connection.local);
  await peer.connected;
  peer.close();
  await transport.close();
  console.log('closed');
`;

it('leaves nothing behind that keeps the process alive, or that crashes it at its end', async () => {
  const node = promisify(execFile);
  const { stdout, stderr } = await node(process.execPath, ['--input-type=module', '--eval', program]);
  expect(stdout).toBe('closed\n');
  expect(stderr).toBe('');
});
