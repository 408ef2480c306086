/** What goes before a command so that it runs in a network namespace; nothing where none is named. */
export function inNamespace(namespace: string | undefined): string[] {
  return namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
}
