import { expect, it } from 'vitest';

// All else of the element is shown in a browser, by test/browser/player.test.ts.

it('is loaded where there are no elements, by servers that render pages', async () => {
  expect(globalThis.HTMLElement).toBeUndefined();
  const { BitbaselPlayer } = await import('./player.ts');
  expect(BitbaselPlayer.observedAttributes).toContain('room');
});
