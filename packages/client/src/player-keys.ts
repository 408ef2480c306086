/** What a key does in the player. */
export type PlayerAction = 'play' | 'mute' | 'full-screen' | 'louder' | 'quieter';

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat'>;

const actions: Readonly<Record<string, PlayerAction>> = {
  ' ': 'play',
  m: 'mute',
  f: 'full-screen',
  ArrowUp: 'louder',
  ArrowDown: 'quieter',
};

/** @param onControl whether a control has the focus that has uses of its own for space and arrows */
export function actionOf({ key, ctrlKey, metaKey, altKey, repeat }: Key, onControl: boolean): PlayerAction | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  const action = actions[key.length === 1 ? key.toLowerCase() : key];
  const isVolume = action === 'louder' || action === 'quieter';
  if (repeat && !isVolume) return undefined;
  return onControl && (action === 'play' || isVolume) ? undefined : action;
}

const volumeStep = 0.1;

/** Volumes go from 0 to 1. */
export function volumeAfter(action: 'louder' | 'quieter', volume: number): number {
  const next = volume + (action === 'louder' ? volumeStep : -volumeStep);
  return Math.min(1, Math.max(0, Math.round(next * 10) / 10));
}

/** Where the focus goes in a menu of so many entries, which goes round; undefined for a key that moves nothing. */
export function menuIndexAfter(key: string, index: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return (index + 1) % count;
    case 'ArrowUp':
      return (index - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
