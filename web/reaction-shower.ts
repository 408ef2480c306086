/** As many at a time as are still seen one by one. */
const mostAtOnce = 12;

/** Lets reactions rise over the picture. */
export class ReactionShower {
  readonly #layer: HTMLElement;

  constructor(layer: HTMLElement) {
    this.#layer = layer;
  }

  show(counts: Readonly<Record<string, number>>): void {
    for (const [emoji, count] of Object.entries(counts))
      for (let i = 0; i < count && this.#layer.childElementCount < mostAtOnce; i += 1) this.#rise(emoji);
  }

  #rise(emoji: string): void {
    const reaction = document.createElement('span');
    reaction.className = 'reaction';
    reaction.textContent = emoji;
    reaction.style.setProperty('--from-right', `${4 + Math.random() * 20}%`);
    reaction.style.setProperty('--after', `${Math.random() * 0.5}s`);
    reaction.addEventListener('animationend', () => reaction.remove());
    this.#layer.append(reaction);
  }
}
