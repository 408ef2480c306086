import { openCamera, openMicrophone, openScreen, stopStream } from '/sdk/index.js';
import { startTestPattern, type TestPattern } from './test-pattern.ts';

export type PictureKind = 'camera' | 'screen' | 'pattern';

/** `none`, `picture` for what comes with a screen or the test pattern, or the id of a microphone. */
export type SoundChoice = string;

interface Picture {
  readonly kind: PictureKind;
  readonly track: MediaStreamTrack;
  /** The sound of a screen or the tone of the test pattern. */
  readonly sound: MediaStreamTrack | null;
  readonly pattern?: TestPattern;
  stop(): void;
}

/**
 * What the host shows and what is heard with it, each to be changed by itself, also while it is live. What is let go
 * of is stopped: no camera light stays on.
 */
export class Studio {
  readonly #onEnded: (kind: PictureKind) => void;
  #picture: Picture | undefined;
  #microphone: MediaStreamTrack | undefined;
  #sound: 'none' | 'picture' | 'microphone' = 'picture';

  /** @param onEnded is told of a picture that ended by itself: unplugged, or by the browser's own "stop sharing" */
  constructor(onEnded: (kind: PictureKind) => void) {
    this.#onEnded = onEnded;
  }

  get kind(): PictureKind | undefined {
    return this.#picture?.kind;
  }

  get pattern(): TestPattern | undefined {
    return this.#picture?.pattern;
  }

  get video(): MediaStreamTrack | null {
    return this.#picture?.track ?? null;
  }

  get audio(): MediaStreamTrack | null {
    if (this.#sound === 'none') return null;
    return (this.#sound === 'microphone' ? this.#microphone : this.#picture?.sound) ?? null;
  }

  /** Whether the picture brings sound of its own. */
  get hasPictureSound(): boolean {
    return this.#picture?.sound != null;
  }

  /** What is heard: `none`, `picture` or the id of the microphone. */
  get sound(): SoundChoice {
    return this.#sound === 'microphone' ? (this.#microphone?.getSettings().deviceId ?? 'none') : this.#sound;
  }

  get cameraId(): string | undefined {
    return this.kind === 'camera' ? this.video?.getSettings().deviceId : undefined;
  }

  /** The browser may ask the user. The picture before goes on where this fails. @throws StreamError */
  async choosePicture(kind: PictureKind, cameraId?: string): Promise<void> {
    const picture = await this.#open(kind, cameraId);
    this.#picture?.stop();
    this.#picture = picture;
    picture.track.addEventListener('ended', () => {
      if (picture !== this.#picture) return;
      this.#picture.stop();
      this.#picture = undefined;
      this.#onEnded(kind);
    });
    // With the test pattern goes its tone; a screen is mostly talked about.
    if (kind === 'pattern' || (this.#microphone === undefined && this.#sound !== 'none')) this.#sound = 'picture';
    else if (kind === 'camera' && this.#sound === 'picture') this.#sound = 'microphone';
  }

  /** @throws StreamError */
  async chooseSound(choice: SoundChoice): Promise<void> {
    if (choice === 'none' || choice === 'picture') {
      this.#sound = choice;
      return;
    }
    const [track] = (await openMicrophone(choice === '' ? {} : { microphoneId: choice })).getAudioTracks();
    this.#setMicrophone(track);
  }

  #setMicrophone(track: MediaStreamTrack | undefined): void {
    this.#microphone?.stop();
    this.#microphone = track;
    this.#sound = track === undefined ? 'none' : 'microphone';
  }

  async #open(kind: PictureKind, cameraId: string | undefined): Promise<Picture> {
    if (kind === 'pattern') {
      const pattern = startTestPattern();
      return { ...pictureOf(kind, pattern.stream), pattern, stop: () => pattern.stop() };
    }
    if (kind === 'screen') return pictureOf(kind, await openScreen());
    const device = cameraId === undefined ? {} : { cameraId };
    // One question for both, where the microphone is not known yet.
    const wantsMicrophone = this.#microphone === undefined && this.#sound !== 'none';
    const stream = await openCamera({ ...device, audio: wantsMicrophone });
    const [microphone] = stream.getAudioTracks();
    if (microphone) {
      stream.removeTrack(microphone);
      this.#setMicrophone(microphone);
    }
    return pictureOf(kind, stream);
  }
}

function pictureOf(kind: PictureKind, stream: MediaStream): Picture {
  const [track] = stream.getVideoTracks();
  if (!track) throw new Error('The browser gave no picture.');
  return { kind, track, sound: stream.getAudioTracks()[0] ?? null, stop: () => stopStream(stream) };
}
