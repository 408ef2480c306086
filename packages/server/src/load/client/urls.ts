/** Puts the room into a URL or a token that was given as a template, for example `http://host/whip/{room}`. */
export function fillTemplate(template: string, room: string): string {
  return template.replaceAll('{room}', encodeURIComponent(room));
}

/**
 * The session's URL: a Location may be relative to the URL that answered (RFC 9110, section 10.2.2), an absolute path, or
 * a whole URL. Undefined where it is none of http.
 */
export function resolveLocation(location: string | undefined, url: string): string | undefined {
  if (location === undefined || location === '') return undefined;
  const resolved = URL.parse(location, url);
  return resolved !== null && /^https?:$/.test(resolved.protocol) ? resolved.href : undefined;
}
