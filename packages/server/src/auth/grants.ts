import type { Grant } from '@bitbasel/protocol';

/** What a person calls a bearer, and what that may do. */
export const roleGrants = {
  host: ['publish', 'watch'],
  viewer: ['watch'],
  manager: ['manage'],
} as const satisfies Record<string, readonly Grant[]>;

export type TokenRole = keyof typeof roleGrants;

/** Whether a room id fits a pattern, in which `*` stands for any characters. In time linear in the two for each star. */
export function matchesRoom(pattern: string, roomId: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (!roomId.startsWith(first)) return false;
  const last = rest.pop();
  if (last === undefined) return roomId === first;
  let at = first.length;
  for (const part of rest) {
    const found = roomId.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return roomId.length - last.length >= at && roomId.endsWith(last);
}
