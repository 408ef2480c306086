/** A soft chord that swells about once a second and glides slowly, so that one hears that it is live. */
export interface Tone {
  readonly track: MediaStreamTrack;
  stop(): void;
}

const notesHz = [220, 277.18, 329.63] as const;
const volume = 0.09;

/** Silent until the first gesture on the page where the browser does not let a page start sound by itself. */
export function startTone(): Tone {
  const context = new AudioContext();
  const destination = context.createMediaStreamDestination();
  const level = new GainNode(context, { gain: volume });
  level.connect(destination);

  const swell = new OscillatorNode(context, { frequency: 0.9 });
  swell.connect(new GainNode(context, { gain: volume * 0.7 })).connect(level.gain);
  const glide = new OscillatorNode(context, { frequency: 0.11 });
  const glideCents = glide.connect(new GainNode(context, { gain: 120 }));
  swell.start();
  glide.start();
  for (const frequency of notesHz) {
    const note = new OscillatorNode(context, { frequency, type: 'triangle' });
    glideCents.connect(note.detune);
    note.connect(level);
    note.start();
  }

  const resume = () => void context.resume();
  const gestures = ['pointerdown', 'keydown'] as const;
  for (const gesture of gestures) addEventListener(gesture, resume);
  const [track] = destination.stream.getAudioTracks();
  if (!track) throw new Error('WebAudio gave no audio track');
  return {
    track,
    stop() {
      for (const gesture of gestures) removeEventListener(gesture, resume);
      track.stop();
      void context.close();
    },
  };
}
