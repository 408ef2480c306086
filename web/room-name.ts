const colours = ['cobalt', 'coral', 'indigo', 'saffron', 'sienna', 'umber', 'vermilion', 'viridian'] as const;
const things = ['arcade', 'atelier', 'canvas', 'gallery', 'mosaic', 'palette', 'plinth', 'studio'] as const;

function pick<Item>(items: readonly [Item, ...Item[]]): Item {
  return items[Math.floor(Math.random() * items.length)] ?? items[0];
}

/** A name that can be said over the telephone, for example `cobalt-arcade-417`. */
export function newRoomName(): string {
  return `${pick(colours)}-${pick(things)}-${100 + Math.floor(Math.random() * 900)}`;
}

/** True for what may stand as a room id in a URL (`roomIdSchema` in packages/protocol). */
export function isRoomName(name: string): boolean {
  return /^[A-Za-z0-9._~:@-]{1,128}$/.test(name);
}
