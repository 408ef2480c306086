import { SdpError } from './errors.ts';

export function malformed(detail: string): SdpError {
  return new SdpError('malformed_sdp', `malformed SDP: ${detail}`);
}

/** sdp-transform gives a number only where the text is one in canonical form. */
export function integer(value: unknown, min: number, max: number, what: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < min || number > max) {
    throw malformed(`${what} is a whole number from ${min} to ${max}, not "${String(value)}"`);
  }
  return number;
}

/** RFC 8852 gives rids and mids 255 octets at most; all known clients use 1 to 36. */
const maxTokenLength = 255;

export function token(value: unknown, what: string): string {
  const text = String(value);
  if (!/^[!-~]+$/.test(text) || text.length > maxTokenLength) {
    throw malformed(`${what} is 1 to ${maxTokenLength} visible characters`);
  }
  return text;
}

export function words(value: unknown): string[] {
  return String(value)
    .split(' ')
    .filter((word) => word !== '');
}
