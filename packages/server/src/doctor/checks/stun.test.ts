import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { configSchema } from '../../config/schema.ts';
import { encodeStunMessage, parseStunMessage, stunAttributes, stunTypes, xorAddressValue } from '../stun/message.ts';
import { StunResponder } from '../stun/responder.ts';
import { checkPeer, checkStun } from './stun.ts';

const host = '127.0.0.1';

/** A STUN server beyond a NAT, which sees everybody at this address and port. */
async function beyondNat(address: string, port?: number): Promise<string> {
  const socket = createSocket('udp4').bind(0, host);
  onTestFinished(() => void socket.close());
  socket.on('message', (bytes, from) => {
    const { transactionId } = parseStunMessage(bytes);
    const value = xorAddressValue({ address, port: port ?? from.port }, transactionId);
    const attributes = [[stunAttributes.xorMappedAddress, value]] as const;
    socket.send(
      encodeStunMessage({ type: stunTypes.bindingSuccess, transactionId, attributes }),
      from.port,
      from.address,
    );
  });
  await once(socket, 'listening');
  return `${host}:${socket.address().port}`;
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, host);
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

const announcing = (address: string, port: number) =>
  configSchema.parse({ media: { port, public_addresses: [address] } });

it('the address that is seen is one that peers are told', async () => {
  const port = await freeUdpPort();
  const server = await beyondNat('203.0.113.7');
  expect(await checkStun(announcing('203.0.113.7', port), server, 5000)).toMatchObject({ verdict: 'ok' });
});

it('it is another than peers are told', async () => {
  const server = await beyondNat('203.0.113.8');
  expect(await checkStun(announcing('203.0.113.7', await freeUdpPort()), server, 5000)).toMatchObject({
    verdict: 'warning',
    advice: expect.stringContaining('media.public_addresses to ["203.0.113.8"]'),
  });
});

it('the NAT gives the media port another number', async () => {
  const port = await freeUdpPort();
  const finding = await checkStun(announcing('203.0.113.7', port), await beyondNat('203.0.113.7', 40_000), 5000);
  expect(finding).toMatchObject({ verdict: 'warning', detail: expect.stringContaining(`port ${port} as 40000`) });
});

it('asks from another port while the media port is taken, and says nothing of ports then', async () => {
  const holder = createSocket('udp4').bind(0, '0.0.0.0');
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  const server = await beyondNat('203.0.113.7', 40_000);
  expect(await checkStun(announcing('203.0.113.7', holder.address().port), server, 5000)).toMatchObject({
    verdict: 'ok',
  });
});

it('a peer that answers, and one that does not', async () => {
  const responder = await StunResponder.listen(host, 0, () => {});
  const peer = `${host}:${responder.port}`;
  expect(await checkPeer(peer, 5000)).toMatchObject({
    verdict: 'ok',
    detail: expect.stringContaining(`${peer} answers`),
  });
  responder.close();
  expect(await checkPeer(peer, 5000)).toMatchObject({
    verdict: 'failed',
    advice: expect.stringContaining('--listen-udp'),
  });
  expect(await checkPeer('not a peer', 5000)).toMatchObject({ verdict: 'failed' });
});
