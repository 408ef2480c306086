/**
 * NTP timestamps as RTCP carries them (RFC 3550, section 4): seconds since 1900 and a 32-bit binary fraction.
 * Our own times are microseconds since 1970 as a number, exact up to 2^53 (year 2255).
 */

/** Seconds from 1900-01-01 to 1970-01-01. */
const unixEpochInNtpSeconds = 2_208_988_800;
const fractionsPerUs = 2 ** 32 / 1e6;

/** Upper 32 bits. */
export function ntpSeconds(timeUs: number): number {
  return (Math.floor(timeUs / 1e6) + unixEpochInNtpSeconds) >>> 0;
}

/** Lower 32 bits, in 2^-32 s. */
export function ntpFraction(timeUs: number): number {
  return Math.floor((timeUs - Math.floor(timeUs / 1e6) * 1e6) * fractionsPerUs) >>> 0;
}

/**
 * Microseconds since 1970, rounded. Seconds without the top bit are of the era that begins in 2036 (RFC 4330, section 3);
 * so a sender that counts from its own start lands there, and only differences between its reports mean anything.
 */
export function ntpToUs(seconds: number, fraction: number): number {
  const era = seconds >= 2 ** 31 ? 0 : 2 ** 32;
  return (seconds + era - unixEpochInNtpSeconds) * 1e6 + Math.round(fraction / fractionsPerUs);
}

/** The middle 32 bits, in 2^-16 s: the form of the LSR and DLSR fields of report blocks. */
export function compactNtp(seconds: number, fraction: number): number {
  return ((seconds << 16) | (fraction >>> 16)) >>> 0;
}

/** The compact form of a time since 1970; it wraps every 18 hours. */
export function compactNtpFromUs(timeUs: number): number {
  return compactNtp(ntpSeconds(timeUs), ntpFraction(timeUs));
}

/** A duration in compact form, as in DLSR. */
export function durationToCompactNtp(durationUs: number): number {
  return Math.round((durationUs * 65_536) / 1e6) >>> 0;
}

export function compactNtpToDurationUs(compact: number): number {
  return (compact * 1e6) / 65_536;
}

/**
 * Round-trip time from a report block that arrived at `nowUs` (RFC 3550, section 6.4.1), or -1 where the peer has not
 * had a sender report of ours yet. Clock granularity can make the difference negative: that counts as 0.
 */
export function roundTripTimeUs(nowUs: number, lastSenderReport: number, delaySinceLastSenderReport: number): number {
  if (lastSenderReport === 0) return -1;
  const elapsed = (compactNtpFromUs(nowUs) - lastSenderReport - delaySinceLastSenderReport) | 0;
  return Math.max(0, compactNtpToDurationUs(elapsed));
}
