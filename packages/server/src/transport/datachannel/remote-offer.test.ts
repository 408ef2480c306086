import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RemoteTransport, TransportError } from '../transport.ts';
import { writeCandidate, writeRemoteOffer } from './remote-offer.ts';

const remote: RemoteTransport = {
  ice: { ufrag: 'abcd', pwd: 'p'.repeat(22) },
  fingerprint: { algorithm: 'SHA-256', value: Array(32).fill('ab').join(':') },
  dtlsRole: 'client',
};

describe('writeRemoteOffer', () => {
  it('carries the parameters of the remote side', () => {
    const lines = writeRemoteOffer(remote).split('\r\n');
    expect(lines).toContain('a=ice-ufrag:abcd');
    expect(lines).toContain(`a=ice-pwd:${'p'.repeat(22)}`);
    expect(lines).toContain(`a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`);
    expect(lines).toContain('a=setup:active');
    expect(writeRemoteOffer({ ...remote, dtlsRole: 'server' })).toContain('a=setup:passive');
  });

  it('writes one line more for nothing, and throws nothing but TransportError', () => {
    const lineCount = writeRemoteOffer(remote).split('\n').length;
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 22, maxLength: 300 }));
    const algorithm = fc.oneof(fc.constantFrom('sha-256', 'sha-1', 'constructor', '__proto__'), text);
    const value = fc.oneof(
      text,
      fc
        .array(fc.integer({ min: 0, max: 255 }), { minLength: 32, maxLength: 32 })
        .map((bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')),
    );
    fc.assert(
      fc.property(text, text, algorithm, value, (ufrag, pwd, algorithm, value) => {
        try {
          const offer = writeRemoteOffer({ ...remote, ice: { ufrag, pwd }, fingerprint: { algorithm, value } });
          expect(offer.split(/[\r\n]+/)).toHaveLength(lineCount);
        } catch (error) {
          expect(error).toBeInstanceOf(TransportError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('writeCandidate', () => {
  it('writes a candidate line of RFC 8839', () => {
    const candidate = { address: '192.0.2.1', port: 5000, protocol: 'udp', type: 'host', priority: 9, foundation: '1' };
    expect(writeCandidate({ ...candidate, protocol: 'udp', type: 'host' })).toBe(
      'candidate:1 1 UDP 9 192.0.2.1 5000 typ host',
    );
  });
});
