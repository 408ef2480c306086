import { canShareScreen, type Devices, StreamError, watchDevices } from '/sdk/index.js';
import { LevelMeter } from './level-meter.ts';
import { pageElement } from './page-element.ts';
import { type PictureKind, Studio } from './studio.ts';

/** What the Go live page does about a choice. */
export interface StudioPanelEvents {
  /** Something else is shown or heard now. */
  onChange(): void;
  /** Empty: all is well again. */
  onProblem(text: string): void;
}

/** The choice of picture and sound on the Go live page, with the preview and the level of the sound. */
export class StudioPanel {
  readonly studio: Studio;
  readonly #events: StudioPanelEvents;
  readonly #preview = pageElement('preview', HTMLVideoElement);
  readonly #hint = pageElement('preview-hint', HTMLElement);
  readonly #inputs = [...document.querySelectorAll<HTMLInputElement>('input[name=source]')];
  readonly #cameraField = pageElement('camera-field', HTMLElement);
  readonly #camera = pageElement('camera', HTMLSelectElement);
  readonly #soundField = pageElement('sound-field', HTMLElement);
  readonly #sound = pageElement('sound', HTMLSelectElement);
  readonly #levelField = pageElement('level-field', HTMLElement);
  readonly #level = new LevelMeter(pageElement('level', HTMLMeterElement));
  #devices: Devices = { cameras: [], microphones: [] };
  #isWatchingDevices = false;
  #shownAudio: MediaStreamTrack | null = null;

  constructor(events: StudioPanelEvents) {
    this.#events = events;
    this.studio = new Studio((kind) => this.#onEnded(kind));
    for (const input of this.#inputs)
      input.addEventListener('change', () => {
        if (isPictureKind(input.value)) void this.choosePicture(input.value);
      });
    this.#camera.addEventListener('change', () => void this.choosePicture('camera', this.#camera.value));
    this.#sound.addEventListener('change', () => void this.#try(() => this.studio.chooseSound(this.#sound.value)));
    this.#render();
  }

  choosePicture(kind: PictureKind, cameraId?: string): Promise<void> {
    return this.#try(() => this.studio.choosePicture(kind, cameraId));
  }

  async #try(choose: () => Promise<void>): Promise<void> {
    this.#events.onProblem('');
    try {
      await choose();
    } catch (cause) {
      this.#events.onProblem(cause instanceof StreamError ? `${cause.message} ${cause.advice}` : String(cause));
    }
    this.#watchDevices();
    this.#render();
    this.#events.onChange();
  }

  #onEnded(kind: PictureKind): void {
    this.#render();
    this.#events.onChange();
    const what = kind === 'screen' ? 'Screen sharing was stopped.' : 'The camera was disconnected.';
    this.#events.onProblem(`${what} Choose something else to show.`);
  }

  /** Labels are told after one was opened. Where there are none for this page, there is nothing to choose. */
  #watchDevices(): void {
    if (this.#isWatchingDevices || this.studio.kind !== 'camera') return;
    this.#isWatchingDevices = true;
    watchDevices((devices) => {
      this.#devices = devices;
      this.#render();
    });
  }

  #render(): void {
    const { kind, video, audio, cameraId } = this.studio;
    for (const input of this.#inputs) {
      input.checked = input.value === kind;
      input.disabled = input.value === 'screen' && !canShareScreen();
    }
    this.#hint.hidden = kind !== undefined;
    this.#showPreview(video, audio);
    this.#preview.classList.toggle('mirrored', kind === 'camera');
    const { cameras } = this.#devices;
    this.#cameraField.hidden = kind !== 'camera' || cameras.length < 2;
    setOptions(
      this.#camera,
      cameras.map(({ id, label }) => [id, label]),
      cameraId ?? '',
    );
    this.#soundField.hidden = kind === undefined;
    setOptions(this.#sound, this.#soundOptions(), this.studio.sound);
    this.#levelField.hidden = audio === null;
  }

  #showPreview(video: MediaStreamTrack | null, audio: MediaStreamTrack | null): void {
    const tracks = [video, audio].filter((track) => track !== null);
    this.#preview.srcObject = tracks.length > 0 ? new MediaStream(tracks) : null;
    if (audio !== this.#shownAudio) this.#level.show(audio);
    this.#shownAudio = audio;
  }

  #soundOptions(): [value: string, text: string][] {
    const ofPicture = this.studio.kind === 'pattern' ? 'Test tone' : 'Sound of the screen';
    const { microphones } = this.#devices;
    return [
      ...(this.studio.hasPictureSound ? [['picture', ofPicture] as [string, string]] : []),
      ...(microphones.length === 0
        ? [[this.#isMicrophone ? this.studio.sound : '', 'Microphone'] as [string, string]]
        : microphones.map(({ id, label }) => [id, label] as [string, string])),
      ['none', 'No sound'],
    ];
  }

  get #isMicrophone(): boolean {
    return this.studio.sound !== 'none' && this.studio.sound !== 'picture';
  }
}

export function isPictureKind(value: string | null): value is PictureKind {
  return value === 'camera' || value === 'screen' || value === 'pattern';
}

/** Leaves a list that has not changed as it is: it may be open. */
function setOptions(
  select: HTMLSelectElement,
  options: readonly [value: string, text: string][],
  chosen: string,
): void {
  const before = JSON.stringify(Array.from(select.options, ({ value, text }) => [value, text]));
  if (before !== JSON.stringify(options))
    select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  select.value = chosen;
  // A screen without sound, and no microphone: nothing is heard.
  if (select.selectedIndex === -1) select.value = 'none';
}
