import type { Negotiated } from './generator/messages.ts';
import { readNegotiated } from './sdp/read.ts';

/** POSTs an offer to a WHIP or WHEP URL, and reads the answer. */
export async function exchange(url: string, offer: string): Promise<Negotiated> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: offer });
  const body = await response.text();
  if (response.status !== 201) throw new Error(`POST ${url} was answered ${response.status}: ${body}`);
  return readNegotiated(body);
}
