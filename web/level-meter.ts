const intervalMs = 100;
/** What is quieter than this shows as nothing. */
const floorDecibels = -60;

/** Shows how loud a track is. */
export class LevelMeter {
  readonly #meter: HTMLMeterElement;
  #stopTrack: (() => void) | undefined;

  constructor(meter: HTMLMeterElement) {
    this.#meter = meter;
  }

  /** From now on shows this track; null: nothing is to be heard. */
  show(track: MediaStreamTrack | null): void {
    this.#stopTrack?.();
    this.#stopTrack = track === null ? undefined : this.#measure(track);
    this.#meter.value = 0;
  }

  #measure(track: MediaStreamTrack): () => void {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    const source = context.createMediaStreamSource(new MediaStream([track]));
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      // A page may start sound only after a gesture.
      if (context.state === 'suspended') void context.resume();
      analyser.getFloatTimeDomainData(samples);
      this.#meter.value = levelOf(samples);
    }, intervalMs);
    return () => {
      clearInterval(timer);
      void context.close();
    };
  }
}

/** Loudness of samples from -1 to 1, on a scale from 0 to 1 as ears have it. */
export function levelOf(samples: Float32Array): number {
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length);
  const decibels = 10 * Math.log10(energy);
  return energy === 0 ? 0 : Math.min(1, Math.max(0, 1 - decibels / floorDecibels));
}
