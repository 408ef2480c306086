import type { ClientTransport, Negotiated } from './generator/messages.ts';
import type { SdpClient } from './peer.ts';
import { readNegotiated } from './sdp/read.ts';
import { publishOffer } from './sdp/write.ts';

export async function publishByWhip(url: string, remote: ClientTransport): Promise<Negotiated> {
  return readNegotiated(await exchange(url, publishOffer(remote)));
}

export async function watchByWhep(url: string, client: SdpClient): Promise<void> {
  await client.accept(await exchange(url, await client.offer()));
}

/** POSTs an offer, returns the answer. */
async function exchange(url: string, offer: string): Promise<string> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: offer });
  const body = await response.text();
  if (response.status !== 201) throw new Error(`POST ${url} was answered ${response.status}: ${body}`);
  return body;
}
