import { createIcon, type IconName } from './player-icons.ts';
import { playerStyle } from './player-style.ts';

/** A button that shows a picture, and whose name is told to those who do not see it. */
export interface IconButton {
  readonly button: HTMLButtonElement;
  show(icon: IconName, name: string): void;
}

/** The elements of the player's shadow tree that change. */
export interface PlayerParts {
  readonly screen: HTMLElement;
  readonly video: HTMLVideoElement;
  readonly message: HTMLElement;
  readonly spinner: HTMLElement;
  readonly title: HTMLElement;
  readonly detail: HTMLElement;
  readonly badge: HTMLElement;
  readonly viewers: HTMLElement;
  readonly delay: HTMLElement;
  readonly notice: HTMLElement;
  readonly unmute: HTMLButtonElement;
  readonly start: HTMLButtonElement;
  readonly controls: HTMLElement;
  readonly play: IconButton;
  readonly mute: IconButton;
  readonly volume: HTMLInputElement;
  readonly quality: HTMLElement;
  readonly qualityButton: HTMLButtonElement;
  readonly menu: HTMLElement;
  readonly fullScreen: IconButton;
  /** Read out when its text changes. */
  readonly live: HTMLElement;
}

let sheet: CSSStyleSheet | undefined;

/** One for all players of a page; allowed by a content security policy without inline styles. */
function playerSheet(): CSSStyleSheet {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(playerStyle);
  }
  return sheet;
}

function create<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  part: string,
  attributes: Readonly<Record<string, string>> = {},
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.className = part;
  element.setAttribute('part', part);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
}

function iconButton(part: string, keys: string): IconButton {
  const button = create('button', `${part}-button`, { type: 'button', 'aria-keyshortcuts': keys });
  const icon = createIcon();
  button.append(icon.element);
  return {
    button,
    show(name, label) {
      icon.show(name);
      button.setAttribute('aria-label', label);
      button.title = label;
    },
  };
}

function callButton(part: string, icon: IconName, text: string): HTMLButtonElement {
  const button = create('button', part, { type: 'button' });
  button.classList.add('call');
  const picture = createIcon();
  picture.show(icon);
  button.append(picture.element, text);
  return button;
}

/** Puts the player's elements into the shadow tree. */
export function createParts(root: ShadowRoot): PlayerParts {
  const parts: PlayerParts = {
    screen: create('div', 'screen', { tabindex: '0', role: 'group', 'aria-label': 'Live video' }),
    video: create('video', 'video', { playsinline: '', 'aria-label': 'The live stream' }),
    message: create('div', 'message'),
    spinner: create('div', 'spinner'),
    title: create('p', 'title'),
    detail: create('p', 'detail'),
    badge: create('span', 'badge'),
    viewers: create('span', 'viewers'),
    delay: create('span', 'delay'),
    notice: create('p', 'notice', { hidden: '' }),
    unmute: callButton('unmute', 'muted', 'Tap to unmute'),
    start: callButton('start', 'play', 'Play'),
    controls: create('div', 'controls', { role: 'group', 'aria-label': 'Player controls' }),
    play: iconButton('play', 'Space'),
    mute: iconButton('mute', 'M'),
    volume: create('input', 'volume', { type: 'range', min: '0', max: '1', step: '0.05', 'aria-label': 'Volume' }),
    quality: create('div', 'quality'),
    qualityButton: create('button', 'quality-button', {
      ...{ type: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false' },
    }),
    menu: create('div', 'menu', { role: 'menu', 'aria-label': 'Quality', hidden: '' }),
    fullScreen: iconButton('full-screen', 'F'),
    live: create('p', 'unseen', { role: 'status' }),
  };
  const status = create('div', 'status');
  status.append(parts.badge, parts.viewers, parts.delay);
  parts.message.append(parts.spinner, parts.title, parts.detail);
  const { video, message, notice, unmute, start } = parts;
  parts.screen.append(video, message, status, notice, unmute, start);
  parts.quality.append(parts.qualityButton, parts.menu);
  const space = create('span', 'space');
  parts.controls.append(parts.play.button, parts.mute.button, parts.volume, space, parts.quality);
  parts.controls.append(parts.fullScreen.button);
  root.adoptedStyleSheets = [playerSheet()];
  // What a page puts into the player is shown below the picture, in full screen too.
  root.append(parts.screen, document.createElement('slot'), parts.controls, parts.live);
  return parts;
}
