import { type Check, notApplicable, type Outcome, passIf } from '../check.ts';
import { type Context, eventually, requireSession, sdpType, sessionOf } from '../context.ts';
import { readDescription } from '../description.ts';
import { type Answer, header, isRefusal, isSuccess, mediaType, summary } from '../http.ts';
import { inventedTransport, type OfferOptions, payloadTypes, writeOffer } from '../offer.ts';
import { fragment } from './trickle.ts';

const draft = 'WHEP';
const somePackets = 20;
const retryMs = 50;

function whepOf({ target }: Context): string {
  return target.whep ?? '';
}

function watch(context: Context, options: OfferOptions = {}): Promise<Answer> {
  return context.post(whepOf(context), writeOffer(inventedTransport(), { direction: 'recvonly', ...options }));
}

/**
 * A viewer's POST while a host sends. A host knows that its connection is up a moment before the server does, so a server
 * that says that nobody is live is asked again for a while.
 */
async function watchLive(context: Context, offer: string): Promise<Answer> {
  const deadlineMs = performance.now() + context.mediaTimeoutMs;
  for (;;) {
    const answer = await context.post(whepOf(context), offer);
    if (answer.status !== 409 || performance.now() > deadlineMs) return answer;
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

/** A check of the answer to a viewer while a host sends. */
function whileLive(judge: (context: Context, answer: Answer) => Outcome | Promise<Outcome>) {
  return async (context: Context): Promise<Outcome> => {
    await context.goLive();
    return judge(context, await watchLive(context, writeOffer(inventedTransport(), { direction: 'recvonly' })));
  };
}

/** draft-ietf-wish-whep; only run where a WHEP URL is given. */
export const whepChecks: readonly Check[] = [
  {
    id: 'whep-not-live',
    section: draft,
    level: 'should',
    asks: 'While nobody publishes, POST is refused with 409 and Retry-After',
    async run(context) {
      const answer = await watch(context);
      if (isSuccess(answer) || answer.status === 404) return notApplicable(`no such state: ${summary(answer)}`);
      const retry = header(answer, 'retry-after');
      return passIf(
        answer.status === 409 && retry !== undefined,
        `${summary(answer)}, Retry-After ${retry ?? 'missing'}`,
      );
    },
  },
  {
    id: 'whep-created',
    section: draft,
    level: 'must',
    asks: 'POST of an SDP offer is answered 201 with an SDP answer and a Location (or 406 with a counter-offer)',
    run: whileLive((_context, answer) => {
      if (answer.status === 406) return passIf(mediaType(answer) === sdpType, `counter-offer: ${summary(answer)}`);
      const isRight = answer.status === 201 && mediaType(answer) === sdpType && sessionOf(answer) !== undefined;
      return passIf(isRight, `${summary(answer)}, Location ${header(answer, 'location') ?? 'missing'}`);
    }),
  },
  {
    id: 'whep-sendonly',
    section: draft,
    level: 'must',
    asks: 'A recvonly offer is answered sendonly',
    run: whileLive((_context, answer) => {
      const directions = readDescription(answer.body)?.sections.map(({ direction }) => direction) ?? [];
      return passIf(directions.length > 0 && directions.every((one) => one === 'sendonly'), directions.join(', '));
    }),
  },
  {
    id: 'whep-head',
    section: draft,
    level: 'should',
    asks: 'HEAD is answered 200 with Content-Type: application/sdp',
    async run(context) {
      const answer = await context.call('HEAD', whepOf(context));
      return passIf(answer.status === 200 && mediaType(answer) === sdpType, summary(answer));
    },
  },
  {
    id: 'whep-options',
    section: draft,
    level: 'should',
    asks: 'OPTIONS is answered 2xx with Accept-Post: application/sdp',
    async run(context) {
      const answer = await context.call('OPTIONS', whepOf(context));
      const types = header(answer, 'accept-post') ?? 'no Accept-Post';
      return passIf(isSuccess(answer) && types.includes(sdpType), `${answer.status}, ${types}`);
    },
  },
  {
    id: 'whep-wrong-type',
    section: draft,
    level: 'must',
    asks: 'POST of another type than application/sdp is refused with 4xx',
    async run(context) {
      const body = writeOffer(inventedTransport(), { direction: 'recvonly' });
      const answer = await context.call('POST', whepOf(context), { body, headers: { 'content-type': 'text/plain' } });
      return passIf(isRefusal(answer), summary(answer));
    },
  },
  {
    id: 'whep-malformed',
    section: draft,
    level: 'must',
    asks: 'POST of an SDP that cannot be read is refused with 4xx',
    async run(context) {
      const answer = await context.post(whepOf(context), 'this is no session description');
      return passIf(isRefusal(answer), summary(answer));
    },
  },
  {
    id: 'whep-trickle',
    section: draft,
    level: 'must',
    asks: 'PATCH with candidates is answered 204, where candidates are taken',
    async run(context) {
      await context.goLive();
      const transport = inventedTransport();
      const answer = await watchLive(context, writeOffer(transport, { direction: 'recvonly' }));
      const etag = header(answer, 'etag');
      const headers = etag === undefined ? {} : { 'if-match': etag };
      const candidate = 'candidate:1 1 udp 2130706431 192.0.2.1 61764 typ host';
      const patch = await context.patch(requireSession(answer), fragment(transport, [candidate]), headers);
      if ([405, 422, 501].includes(patch.status)) return notApplicable(`not supported: ${summary(patch)}`);
      return passIf(patch.status === 204 && patch.body === '', summary(patch));
    },
  },
  {
    id: 'whep-delete',
    section: draft,
    level: 'must',
    asks: 'DELETE on the session is answered 200, and refused with 4xx once it is gone',
    run: whileLive(async (context, answer) => {
      const session = requireSession(answer);
      const first = await context.end(session);
      const second = await context.end(session);
      return passIf(first.status === 200 && isRefusal(second), `${summary(first)}, then ${summary(second)}`);
    }),
  },
  {
    id: 'whep-expose',
    section: `${draft}; CORS`,
    level: 'should',
    asks: 'A page of another site may read the Location',
    run: whileLive((_context, answer) => {
      const exposed = (header(answer, 'access-control-expose-headers') ?? '').toLowerCase();
      return passIf(exposed.includes('location'), `exposed: ${exposed}`);
    }),
  },
  {
    id: 'whep-media',
    section: draft,
    level: 'must',
    asks: 'What the host sends by WHIP arrives at the viewer: audio and video',
    async run(context) {
      await context.goLive();
      const viewer = context.newPeer();
      const answer = await watchLive(context, writeOffer(viewer.transport, { direction: 'recvonly' }));
      requireSession(answer);
      viewer.connect(answer.body);
      const { audio, video } = payloadTypes;
      const both = () =>
        viewer.packetsReceived >= somePackets && [audio, video].every((type) => viewer.receivedTypes.has(type));
      const arrived = await eventually(both, context.mediaTimeoutMs);
      return passIf(
        arrived,
        `${viewer.packetsReceived} packets of payload types ${[...viewer.receivedTypes].join(', ')}`,
      );
    },
  },
  {
    id: 'whep-host-returns',
    section: draft,
    level: 'should',
    asks: 'A viewer stays, and sees the host go on, when that ends its session and publishes anew',
    async run(context) {
      const host = await context.goLive();
      const viewer = context.newPeer();
      const answer = await watchLive(context, writeOffer(viewer.transport, { direction: 'recvonly' }));
      requireSession(answer);
      viewer.connect(answer.body);
      if (!(await eventually(() => viewer.packetsReceived >= somePackets, context.mediaTimeoutMs)))
        return notApplicable('no media in the first place');
      await context.end(host.session);
      host.peer.close();
      await context.goLive();
      const before = viewer.packetsReceived;
      const goesOn = await eventually(() => viewer.packetsReceived >= before + somePackets, context.mediaTimeoutMs);
      return passIf(goesOn, `${viewer.packetsReceived - before} packets after the host's return`);
    },
  },
];
