import type { SpeechMeter } from './speech-meter.ts';

/** One who may be the speaker. */
export interface Speaker {
  readonly speech: SpeechMeter;
}

/** Somebody speaks who has filled so much of the medium span, and is not just pausing. */
const minMedium = 0.25;
const minShort = 0.15;
/** To interrupt one who speaks as well, it takes so much more, over the medium span and the long one. */
const interruptFactor = 2;
/** Nobody is replaced sooner: a picture that changes with every yes and no cannot be watched. */
const minHoldUs = 2_000_000;

/**
 * Tells who of the hosts speaks.
 *
 * As in the identification of the dominant speaker by Volfin and Cohen, speech is judged over three spans of time at
 * once: what was said just now makes a candidate, a span of words tells speech from a cough or a key, and the longer span
 * protects the one who has the floor. In place of their likelihood ratios, the spans are exponential means of how far the
 * level stands above the noise, which cost a few operations a packet and need no history. Whoever spoke last stays the
 * active speaker while all are silent.
 */
export class ActiveSpeaker<Host extends Speaker> {
  #active: Host | undefined;
  #sinceUs = Number.NEGATIVE_INFINITY;

  get active(): Host | undefined {
    return this.#active;
  }

  /**
   * To be called some times a second.
   * @returns whether the active speaker is another one, or nobody any more
   */
  update(hosts: Iterable<Host>, nowUs: number): boolean {
    const before = this.#active;
    let isThere = false;
    let challenger: Host | undefined;
    for (const host of hosts) {
      host.speech.advance(nowUs);
      if (host === before) isThere = true;
      else if (isSpeaking(host) && host.speech.medium > (challenger?.speech.medium ?? 0)) challenger = host;
    }
    if (!isThere) this.#active = undefined;
    if (challenger !== undefined && this.#mayReplace(challenger, nowUs)) this.#active = challenger;
    if (this.#active === before) return false;
    this.#sinceUs = nowUs;
    return true;
  }

  #mayReplace({ speech }: Host, nowUs: number): boolean {
    const active = this.#active?.speech;
    if (active === undefined) return true;
    if (nowUs - this.#sinceUs < minHoldUs) return false;
    if (active.medium < minMedium) return true;
    return speech.medium > interruptFactor * active.medium && speech.long > active.long;
  }
}

function isSpeaking({ speech }: Speaker): boolean {
  return speech.medium >= minMedium && speech.short >= minShort;
}
