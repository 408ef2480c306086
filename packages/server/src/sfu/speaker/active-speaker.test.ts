import { describe, expect, it } from 'vitest';
import { ActiveSpeaker } from './active-speaker.ts';
import { SpeechMeter } from './speech-meter.ts';

/** -dBov, as audio packets tell it: 0 the loudest. */
type Level = (ms: number) => number;

const quiet: Level = () => 65;
const tone: Level = () => 20;
/** Syllables of 150 ms with pauses of 50 ms, words of 800 ms with pauses of 200 ms. */
const speech: Level = (ms) => (ms % 1000 < 800 && ms % 200 < 150 ? 25 : 60);
/** A bang at the beginning of each four seconds. */
const bangs: Level = (ms) => (ms % 4000 < 120 ? 5 : 65);

class Panel {
  readonly #hosts = new Map<string, { name: string; speech: SpeechMeter }>();
  readonly #speaker = new ActiveSpeaker<{ name: string; speech: SpeechMeter }>();
  readonly changes: string[] = [];
  #ms = 0;

  /** Lets everyone sound for so long, a packet each 20 ms. */
  sound(seconds: number, levels: Readonly<Record<string, Level>>): this {
    for (const name of Object.keys(levels)) {
      if (!this.#hosts.has(name)) this.#hosts.set(name, { name, speech: new SpeechMeter() });
    }
    for (const end = this.#ms + seconds * 1000; this.#ms < end; this.#ms += 20) {
      for (const [name, level] of Object.entries(levels))
        this.#hosts.get(name)?.speech.add(level(this.#ms), this.#ms * 1000);
      if (this.#ms % 100 === 0 && this.#speaker.update(this.#hosts.values(), this.#ms * 1000))
        this.changes.push(`${this.#speaker.active?.name ?? 'nobody'} ${(this.#ms / 1000).toFixed(1)}`);
    }
    return this;
  }

  leave(name: string): this {
    this.#hosts.delete(name);
    return this;
  }

  get names(): string[] {
    return this.changes.map((change) => change.split(' ')[0] ?? '');
  }

  secondsOf(change: number): number {
    return Number(this.changes[change]?.split(' ')[1]);
  }
}

describe('the active speaker', () => {
  it('is nobody while all are quiet', () => {
    expect(new Panel().sound(20, { ann: quiet, bob: quiet }).changes).toEqual([]);
  });

  it('is found within a second, and stays it in silence', () => {
    const panel = new Panel().sound(2, { ann: quiet, bob: quiet }).sound(5, { ann: quiet, bob: speech });
    expect(panel.names).toEqual(['bob']);
    expect(panel.secondsOf(0)).toBeLessThanOrEqual(3);
    expect(panel.sound(30, { ann: quiet, bob: quiet }).names).toEqual(['bob']);
  });

  it('changes within a second and a half when another goes on', () => {
    const panel = new Panel().sound(10, { ann: speech, bob: quiet }).sound(10, { ann: quiet, bob: speech });
    expect(panel.names).toEqual(['ann', 'bob']);
    expect(panel.secondsOf(1)).toBeLessThanOrEqual(11.5);
  });

  it('is not taken from one who speaks by bangs, nor by one who speaks at the same time', () => {
    expect(new Panel().sound(3, { ann: speech, bob: quiet }).sound(40, { ann: speech, bob: bangs }).names).toEqual([
      'ann',
    ]);
    expect(new Panel().sound(3, { ann: speech, bob: quiet }).sound(40, { ann: speech, bob: speech }).names).toEqual([
      'ann',
    ]);
  });

  it('is not made by bangs in silence', () => {
    expect(new Panel().sound(40, { ann: quiet, bob: bangs }).names).toEqual([]);
  });

  it('changes at most each two seconds', () => {
    const panel = new Panel();
    for (let turn = 0; turn < 20; turn += 1)
      panel.sound(1, turn % 2 === 0 ? { ann: tone, bob: quiet } : { ann: quiet, bob: tone });
    expect(panel.changes.length).toBeGreaterThan(1);
    for (let index = 1; index < panel.changes.length; index += 1)
      expect(panel.secondsOf(index) - panel.secondsOf(index - 1)).toBeGreaterThanOrEqual(2);
  });

  it('may be one who makes music without a pause', () => {
    const panel = new Panel().sound(300, { ann: tone, bob: quiet }).sound(10, { ann: quiet, bob: speech });
    expect(panel.names).toEqual(['ann', 'bob']);
  });

  it('is nobody once it has left, then the next who speaks', () => {
    const panel = new Panel().sound(5, { ann: speech, bob: quiet }).leave('ann').sound(1, { bob: quiet });
    expect(panel.names).toEqual(['ann', 'nobody']);
    expect(panel.sound(2, { bob: speech }).names).toEqual(['ann', 'nobody', 'bob']);
  });

  it('is silent where it sends no packets (DTX)', () => {
    const panel = new Panel().sound(5, { ann: tone, bob: quiet }).sound(5, { bob: tone });
    expect(panel.names).toEqual(['ann', 'bob']);
  });

  it('is not made by the constant noise of a room', () => {
    const fan: Level = (ms) => 52 + (ms % 60) / 20;
    const panel = new Panel().sound(5, { ann: quiet, bob: fan });
    const before = panel.changes.length;
    expect(panel.sound(60, { ann: speech, bob: fan }).names.slice(before)).toEqual(['ann']);
  });
});
