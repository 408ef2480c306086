import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compactNtp,
  compactNtpFromUs,
  compactNtpToDurationUs,
  durationToCompactNtp,
  ntpFraction,
  ntpSeconds,
  ntpToUs,
  roundTripTimeUs,
} from './ntp.ts';

test('1970 is 2208988800 s in, and half a second is half of 2^32', () => {
  expect(ntpSeconds(0)).toBe(2_208_988_800);
  expect(ntpFraction(0)).toBe(0);
  expect(ntpSeconds(1_500_000)).toBe(2_208_988_801);
  expect(ntpFraction(1_500_000)).toBe(0x8000_0000);
});

test('goes on into the era that begins on 2036-02-07 06:28:16 UTC', () => {
  const rolloverUs = Date.UTC(2036, 1, 7, 6, 28, 16) * 1000;
  expect(ntpSeconds(rolloverUs)).toBe(0);
  expect(ntpSeconds(rolloverUs - 1)).toBe(0xffff_ffff);
  expect(ntpToUs(0, 0)).toBe(rolloverUs);
  expect(ntpToUs(2 ** 31, 0)).toBe(Date.UTC(1968, 0, 20, 3, 14, 8) * 1000);
});

test('times from 1970 to 2100 come back to the microsecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800_000_000 }), (timeUs) => {
      expect(ntpToUs(ntpSeconds(timeUs), ntpFraction(timeUs))).toBe(timeUs);
    }),
  );
});

test('the compact form is the middle 32 bits', () => {
  expect(compactNtp(0xb44d_b705, 0x2000_0000)).toBe(0xb705_2000);
  expect(durationToCompactNtp(5_250_000)).toBe(0x0005_4000);
  expect(compactNtpToDurationUs(0x0005_4000)).toBe(5_250_000);
});

test('round trip of the example in RFC 3550, figure 2: 6.125 s', () => {
  const nowUs = ntpToUs(0xb44d_b710, 0x8000_0000);
  expect(compactNtpFromUs(nowUs)).toBe(0xb710_8000);
  expect(roundTripTimeUs(nowUs, 0xb705_2000, 0x0005_4000)).toBe(6_125_000);
});

test('round trip without a sender report is -1, and never below 0', () => {
  expect(roundTripTimeUs(1e15, 0, 0)).toBe(-1);
  expect(roundTripTimeUs(1e15, compactNtpFromUs(1e15), durationToCompactNtp(1000))).toBe(0);
});
