/** A level quieter than this is no sound at all. 7 bits of -dBov: 0 is the loudest, 127 digital silence (RFC 6464). */
const quietestSound = 60;
/**
 * The noise of the room is the quietest that was heard lately: it sinks at once and rises slowly, within these bounds.
 * The upper one keeps music, which never pauses, from becoming noise.
 */
const quietestNoise = 70;
const loudestNoise = 45;
const noiseRisePerSecond = 2;
/** Sound counts from so much above the noise on, and from here on fully: shouting is no better than speaking. */
const minAboveNoise = 9;
const fullAboveNoise = 30;
/** One level stands for so much time at the most: a host that sends less in silence (DTX) is silent meanwhile. */
const maxHoldUs = 100_000;

/** Syllables; words; what somebody has said lately. */
const shortUs = 200_000;
const mediumUs = 700_000;
const longUs = 3_000_000;

/** How much one host speaks, from 0 to 1, over three spans of time. Fed once per audio packet; allocates nothing. */
export class SpeechMeter {
  short = 0;
  medium = 0;
  long = 0;
  #noise = quietestSound;
  #speech = 0;
  #heldUntilUs = 0;
  #atUs = -1;

  /** @param level the byte of the audio level extension: 7 bits of -dBov below a voice flag that few set rightly */
  add(level: number, nowUs: number): void {
    this.advance(nowUs);
    this.#heldUntilUs = nowUs + maxHoldUs;
    const quietness = level & 0x7f;
    const above = quietness > quietestSound ? 0 : this.#noise - quietness;
    this.#speech = above < minAboveNoise ? 0 : Math.min(1, above / fullAboveNoise);
    if (quietness > this.#noise) this.#noise = Math.min(quietness, quietestNoise);
  }

  /** Lets time pass. */
  advance(nowUs: number): void {
    const elapsedUs = this.#atUs < 0 ? 0 : nowUs - this.#atUs;
    const heldUs = Math.max(0, Math.min(elapsedUs, this.#heldUntilUs - this.#atUs));
    this.#atUs = nowUs;
    this.#decay(this.#speech, heldUs);
    this.#decay(0, elapsedUs - heldUs);
    this.#noise = Math.max(loudestNoise, this.#noise - (noiseRisePerSecond * elapsedUs) / 1e6);
  }

  #decay(target: number, elapsedUs: number): void {
    this.short += ((target - this.short) * elapsedUs) / (shortUs + elapsedUs);
    this.medium += ((target - this.medium) * elapsedUs) / (mediumUs + elapsedUs);
    this.long += ((target - this.long) * elapsedUs) / (longUs + elapsedUs);
  }
}
