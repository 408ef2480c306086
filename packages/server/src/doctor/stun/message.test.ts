import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressIn,
  encodeStunMessage,
  hasIntegrity,
  longTermKey,
  newTransactionId,
  parseStunMessage,
  refusalIn,
  StunError,
  stunAttributes,
  stunTypes,
  xorAddressValue,
} from './message.ts';

// The test vectors of RFC 5769.
const vector = (hex: string) => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
const shortTermKey = Buffer.from('VOkJxbRl1RmTxUk/WvJxBt');
const request = vector(`00010058 2112a442 b7e7a701 bc34d686 fa87dfae 80220010 5354554e 20746573 7420636c 69656e74
  00240004 6e0001ff 80290008 932ff9b1 51263b36 00060009 6576746a 3a683676 59202020 00080014 9aeaa70c bfd8cb56
  781ef2b5 b2d3f249 c1b571a2 80280004 e57a3bcf`);
const response4 = vector(`0101003c 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200008
  0001a147 e112a643 00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7 80280004 c07d4c96`);
const response6 = vector(`01010048 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200014
  0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9 00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41 80280004 c8fb0b4c`);
const longTerm = vector(`00010060 2112a442 78ad3433 c6ad72c0 29da412e 00060012 e3839ee3 8388e383 aae38383 e382afe3
  82b90000 0015001c 662f2f34 39396b39 35346436 4f4c3334 6f4c3946 53547679 36347341 0014000b 6578616d 706c652e
  6f726700 00080014 f6702465 6dd64a3e 02b8e071 2e85c9a2 8ca89666`);

describe('a STUN message', () => {
  it('is read as RFC 5769 has it', () => {
    const message = parseStunMessage(request);
    expect(message.type).toBe(stunTypes.bindingRequest);
    expect(message.attributes.get(stunAttributes.username)?.toString()).toBe('evtj:h6vY');
    expect(hasIntegrity(message, shortTermKey)).toBe(true);
    expect(hasIntegrity(message, Buffer.from('another'))).toBe(false);
    expect(addressIn(parseStunMessage(response4), stunAttributes.xorMappedAddress)).toEqual({
      ...{ address: '192.0.2.1', port: 32_853 },
    });
    expect(addressIn(parseStunMessage(response6), stunAttributes.xorMappedAddress)).toEqual({
      ...{ address: '2001:db8:1234:5678:11:2233:4455:6677', port: 32_853 },
    });
  });

  it('has the integrity of long-term credentials', () => {
    const key = longTermKey('マトリックス', 'example.org', 'TheMatrIX');
    expect(hasIntegrity(parseStunMessage(longTerm), key)).toBe(true);
    const forged = Buffer.from(longTerm);
    forged[24] = 0x41;
    expect(hasIntegrity(parseStunMessage(forged), key)).toBe(false);
  });

  it('is written byte by byte as RFC 5769 has it, but for its padding', () => {
    const { transactionId } = parseStunMessage(response6);
    const attributes = [
      [0x8022, Buffer.from('test vector')],
      [stunAttributes.xorMappedAddress, parseStunMessage(response6).attributes.get(0x0020) ?? Buffer.alloc(0)],
    ] as const;
    const written = encodeStunMessage({ type: stunTypes.bindingSuccess, transactionId, attributes }, shortTermKey);
    expect(written.length).toBe(response6.length);
    // The vector pads with a space, and so has other sums.
    expect(written.subarray(0, 35)).toEqual(response6.subarray(0, 35));
    expect(hasIntegrity(parseStunMessage(written), shortTermKey)).toBe(true);
  });

  it('masks addresses as RFC 5769 has it', () => {
    for (const vector of [response4, response6]) {
      const { transactionId, attributes } = parseStunMessage(vector);
      const endpoint = addressIn(parseStunMessage(vector), stunAttributes.xorMappedAddress) ?? { address: '', port: 0 };
      expect(xorAddressValue(endpoint, transactionId)).toEqual(attributes.get(stunAttributes.xorMappedAddress));
    }
  });

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['::1', '::1'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('carries the address %s, and the reason of a refusal', (address, read) => {
    const endpoint = { address: read, port: 9003 };
    const transactionId = newTransactionId();
    const attributes = [
      [stunAttributes.xorMappedAddress, xorAddressValue({ address, port: 9003 }, transactionId)],
      [stunAttributes.errorCode, Buffer.from([0, 0, 4, 38, ...Buffer.from('Stale Nonce')])],
    ] as const;
    const message = parseStunMessage(encodeStunMessage({ type: 0x0111, transactionId, attributes }));
    expect(addressIn(message, stunAttributes.xorMappedAddress)).toEqual(endpoint);
    expect(refusalIn(message)).toEqual({ code: 438, reason: 'Stale Nonce' });
  });

  it('that is none throws a StunError, and nothing else', () => {
    const damaged = fc
      .tuple(fc.constantFrom(request, response4, response6, longTerm), fc.array(fc.tuple(fc.nat(119), fc.nat(255))))
      .map(([bytes, changes]) => {
        const copy = Buffer.from(bytes);
        for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
        return copy;
      });
    const anything = fc.oneof(fc.uint8Array({ maxLength: 200 }).map(Buffer.from), damaged);
    fc.assert(
      fc.property(anything, (bytes) => {
        try {
          const message = parseStunMessage(bytes);
          refusalIn(message);
          hasIntegrity(message, shortTermKey);
          for (const attribute of [0x0001, 0x0016, 0x0020]) addressIn(message, attribute);
        } catch (error) {
          if (!(error instanceof StunError)) throw error;
        }
      }),
      { numRuns: 5000 },
    );
  });
});
