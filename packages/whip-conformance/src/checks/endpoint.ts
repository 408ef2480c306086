import { type Check, fail, notApplicable, passIf } from '../check.ts';
import { requireSession, sdpType, sessionOf } from '../context.ts';
import { readDescription } from '../description.ts';
import { header, isRefusal, isSuccess, mediaType, summary } from '../http.ts';
import { inventedTransport, writeOffer } from '../offer.ts';

const setup = 'RFC 9725, 4.2';

/** The WHIP endpoint: what POST, GET and OPTIONS on it answer. */
export const endpointChecks: readonly Check[] = [
  {
    id: 'post-created',
    section: setup,
    level: 'must',
    asks: 'POST of an SDP offer is answered 201 with an SDP answer',
    async run(context) {
      const answer = await context.publish();
      const isDescription = readDescription(answer.body) !== undefined;
      return passIf(answer.status === 201 && mediaType(answer) === sdpType && isDescription, summary(answer));
    },
  },
  {
    id: 'post-location',
    section: setup,
    level: 'must',
    asks: 'The 201 has a Location: the URL of the session',
    async run(context) {
      const answer = await context.publish();
      const session = sessionOf(answer);
      return passIf(session !== undefined && session !== context.whip, header(answer, 'location') ?? 'no Location');
    },
  },
  {
    id: 'location-without-query',
    section: 'OBS',
    level: 'should',
    asks: 'The Location has no query: OBS leaves it out',
    async run(context) {
      const session = requireSession(await context.publish());
      return passIf(new URL(session).search === '', session);
    },
  },
  {
    id: 'location-unguessable',
    section: 'RFC 9725, 5',
    level: 'must',
    asks: 'Session URLs cannot be guessed: two differ, in a part of at least 16 characters',
    async run(context) {
      const first = requireSession(await context.publish());
      await context.end(first);
      const second = requireSession(await context.publish());
      const parts = new URL(second).pathname.split('/');
      return passIf(first !== second && parts.some((part) => part.length >= 16), second);
    },
  },
  {
    id: 'post-wrong-type',
    section: setup,
    level: 'must',
    asks: 'POST of another type than application/sdp is refused with 4xx',
    async run(context) {
      const offer = writeOffer(inventedTransport());
      const answer = await context.call('POST', context.whip, {
        body: offer,
        headers: { 'content-type': 'text/plain' },
      });
      return passIf(isRefusal(answer), summary(answer));
    },
  },
  {
    id: 'post-malformed',
    section: setup,
    level: 'must',
    asks: 'POST of an SDP that cannot be read is refused with 4xx',
    async run(context) {
      const answer = await context.post(context.whip, 'this is no session description');
      return passIf(isRefusal(answer), summary(answer));
    },
  },
  {
    id: 'problem-details',
    section: 'RFC 9725, 4.2; RFC 9457',
    level: 'should',
    asks: 'A refusal tells its reason as problem details',
    async run(context) {
      const answer = await context.post(context.whip, 'this is no session description');
      if (!isRefusal(answer)) return fail(`not refused: ${summary(answer)}`);
      return passIf(mediaType(answer) === 'application/problem+json', summary(answer));
    },
  },
  {
    id: 'get-endpoint',
    section: 'RFC 9725, 4.1',
    level: 'should',
    asks: 'GET on the endpoint is answered 2xx without content',
    async run(context) {
      const answer = await context.call('GET', context.whip);
      return passIf(isSuccess(answer) && answer.body === '', `${summary(answer)}, ${answer.body.length} characters`);
    },
  },
  {
    id: 'other-methods',
    section: 'RFC 9725, 4.1',
    level: 'should',
    asks: 'A method that means nothing here (PUT) is refused with 4xx',
    async run(context) {
      const answer = await context.call('PUT', context.whip, { body: '', headers: { 'content-type': sdpType } });
      return passIf(isRefusal(answer), summary(answer));
    },
  },
  {
    id: 'options-accept-post',
    section: setup,
    level: 'should',
    asks: 'OPTIONS is answered 2xx with Accept-Post: application/sdp',
    async run(context) {
      const answer = await context.call('OPTIONS', context.whip);
      const types = header(answer, 'accept-post') ?? 'no Accept-Post';
      return passIf(isSuccess(answer) && types.includes(sdpType), `${answer.status}, ${types}`);
    },
  },
  {
    id: 'token-in-url',
    section: 'RFC 9725, 4.2',
    level: 'must',
    asks: 'The session URL does not carry the token',
    async run(context) {
      const { token } = context.target;
      if (token === undefined) return notApplicable('no --token was given');
      const session = requireSession(await context.publish());
      return passIf(!session.includes(token), session.includes(token) ? 'it does' : 'it does not');
    },
  },
];
