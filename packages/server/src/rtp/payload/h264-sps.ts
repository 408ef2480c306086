import type { PayloadInfo } from './payload-info.ts';

/** Profiles whose parameter sets tell the chroma format (ITU-T H.264, section 7.3.2.1.1). */
const profilesWithChromaFormat = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** Reads bits of a NAL unit, leaving out emulation prevention bytes (section 7.3.1). Behind the end all bits are 0. */
class BitReader {
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  #byte = 0;
  #bitsLeft = 0;
  #zeroBytes = 0;
  /** More was read than there is: what was read means nothing. */
  overrun = false;

  open(buffer: Buffer, start: number, end: number): void {
    this.#buffer = buffer;
    this.#at = start;
    this.#end = end;
    this.#bitsLeft = 0;
    this.#zeroBytes = 0;
    this.overrun = false;
  }

  bit(): number {
    if (this.#bitsLeft === 0) this.#nextByte();
    this.#bitsLeft--;
    return (this.#byte >> this.#bitsLeft) & 1;
  }

  skip(count: number): void {
    for (let i = 0; i < count; i++) this.bit();
  }

  byte(): number {
    let value = 0;
    for (let i = 0; i < 8; i++) value = (value << 1) | this.bit();
    return value;
  }

  /** Exp-Golomb code ue(v) (section 9.1), up to 32 bits. */
  unsigned(): number {
    let leadingZeros = 0;
    while (this.bit() === 0) {
      leadingZeros++;
      if (leadingZeros > 31 || this.overrun) {
        this.overrun = true;
        return 0;
      }
    }
    let value = 1;
    for (let i = 0; i < leadingZeros; i++) value = value * 2 + this.bit();
    return value - 1;
  }

  /** Exp-Golomb code se(v) (section 9.1.1). */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }

  #nextByte(): void {
    let byte = this.#take();
    if (this.#zeroBytes >= 2 && byte === 3) {
      this.#zeroBytes = 0;
      byte = this.#take();
    }
    this.#zeroBytes = byte === 0 ? this.#zeroBytes + 1 : 0;
    this.#byte = byte;
    this.#bitsLeft = 8;
  }

  #take(): number {
    if (this.#at < this.#end) return this.#buffer.readUInt8(this.#at++);
    this.overrun = true;
    return 0;
  }
}

const bits = new BitReader();

/**
 * Sets profile, interlacing, and width and height with cropping applied, of `out` from a sequence parameter set (section
 * 7.3.2.1.1); leaves them where it does not parse. `start` is behind the NAL unit's header byte.
 */
export function readSpsResolution(buffer: Buffer, start: number, end: number, out: PayloadInfo): void {
  bits.open(buffer, start, end);
  const profile = bits.byte();
  bits.skip(16); // constraint flags, level
  bits.unsigned(); // seq_parameter_set_id
  const chromaArrayType = profilesWithChromaFormat.has(profile) ? readChromaFormat() : 1;
  skipToFrameSize();

  const widthInMacroblocks = bits.unsigned() + 1;
  const heightInMapUnits = bits.unsigned() + 1;
  const fieldsPerFrame = bits.bit() === 1 ? 1 : 2; // frame_mbs_only_flag
  if (fieldsPerFrame === 2) bits.skip(1); // mb_adaptive_frame_field_flag
  bits.skip(1); // direct_8x8_inference_flag
  let width = 16 * widthInMacroblocks;
  let height = 16 * heightInMapUnits * fieldsPerFrame;
  if (bits.bit() === 1) {
    // Crop units depend on chroma subsampling and interlacing (equations 7-19 to 7-22).
    const unitX = chromaArrayType === 1 || chromaArrayType === 2 ? 2 : 1;
    const unitY = (chromaArrayType === 1 ? 2 : 1) * fieldsPerFrame;
    width -= unitX * (bits.unsigned() + bits.unsigned());
    height -= unitY * (bits.unsigned() + bits.unsigned());
  }
  if (bits.overrun || width <= 0 || height <= 0) return;
  out.profile = profile;
  out.interlaced = fieldsPerFrame === 2;
  out.width = width;
  out.height = height;
}

/** Returns ChromaArrayType: 0 monochrome or separate planes, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
function readChromaFormat(): number {
  const chromaFormat = bits.unsigned();
  const separatePlanes = chromaFormat === 3 && bits.bit() === 1;
  bits.unsigned(); // bit_depth_luma_minus8
  bits.unsigned(); // bit_depth_chroma_minus8
  bits.skip(1); // qpprime_y_zero_transform_bypass_flag
  if (bits.bit() === 1) {
    const lists = chromaFormat === 3 ? 12 : 8;
    for (let i = 0; i < lists; i++) {
      if (bits.bit() === 1) skipScalingList(i < 6 ? 16 : 64);
    }
  }
  return separatePlanes ? 0 : chromaFormat;
}

/** Section 7.3.2.1.1.1: a scale of 0 ends the deltas early. */
function skipScalingList(size: number): void {
  let scale = 8;
  for (let i = 0; i < size && scale !== 0; i++) scale = (scale + bits.signed() + 256) % 256;
}

function skipToFrameSize(): void {
  bits.unsigned(); // log2_max_frame_num_minus4
  const pictureOrderCountType = bits.unsigned();
  if (pictureOrderCountType === 0) bits.unsigned(); // log2_max_pic_order_cnt_lsb_minus4
  if (pictureOrderCountType === 1) {
    bits.skip(1); // delta_pic_order_always_zero_flag
    bits.signed(); // offset_for_non_ref_pic
    bits.signed(); // offset_for_top_to_bottom_field
    const cycleLength = bits.unsigned();
    for (let i = 0; i < cycleLength && !bits.overrun; i++) bits.signed(); // offset_for_ref_frame
  }
  bits.unsigned(); // max_num_ref_frames
  bits.skip(1); // gaps_in_frame_num_value_allowed_flag
}
