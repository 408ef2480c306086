/** From the fragment, `#token=...`, which browsers send to no server and which no log on the way sees. */
export function pageToken(): { token?: string } {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  return token === null ? {} : { token };
}
