import type { CodecName } from '../parameters.ts';
import { inspectAv1 } from './av1.ts';
import { inspectH264 } from './h264.ts';
import type { PayloadInfo } from './payload-info.ts';
import { inspectVp8 } from './vp8.ts';
import { inspectVp9 } from './vp9.ts';

/**
 * Resets `out` and fills it from the `length` bytes of payload at `offset` of `buffer`, which must lie within it.
 * Allocates nothing and never throws. Returns false where the payload is malformed, also where it is empty; `out` may
 * be half filled then.
 */
export function inspectPayload(
  codec: CodecName,
  buffer: Buffer,
  offset: number,
  length: number,
  out: PayloadInfo,
): boolean {
  out.reset();
  switch (codec) {
    case 'VP8':
      return inspectVp8(buffer, offset, length, out);
    case 'VP9':
      return inspectVp9(buffer, offset, length, out);
    case 'H264':
      return inspectH264(buffer, offset, length, out);
    case 'AV1':
      return inspectAv1(buffer, offset, length, out);
    case 'opus':
      // Every Opus packet is a frame that a decoder can start on.
      out.frameStart = length > 0;
      out.keyframeStart = length > 0;
      return length > 0;
  }
}
