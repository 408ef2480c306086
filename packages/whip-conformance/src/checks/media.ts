import { type Check, notApplicable, pass, passIf } from '../check.ts';
import { eventually } from '../context.ts';
import { type Description, readDescription } from '../description.ts';
import { isRefusal, summary } from '../http.ts';
import { writeOffer } from '../offer.ts';
import { candidatesOf } from '../peer.ts';
import { answersChecks, type ConsentCheck } from '../stun.ts';

/** What it takes to send a check to the server, as the answer tells it. */
function consentCheck(answer: Description, clientUfrag: string): ConsentCheck | undefined {
  const [section] = answer.sections;
  const [, , , , address, port] = candidatesOf(answer)[0]?.split(' ') ?? [];
  const ufrag = section?.attribute('ice-ufrag');
  const password = section?.attribute('ice-pwd');
  if (!address || !port || !ufrag || !password) return undefined;
  return { address, port: Number(port), username: `${ufrag}:${clientUfrag}`, password };
}

/** With real connections: ICE, DTLS and SRTP from this machine to the candidates of the answer. */
export const mediaChecks: readonly Check[] = [
  {
    id: 'connects',
    section: 'RFC 9725, 4.2',
    level: 'must',
    asks: 'After the 201 ICE and DTLS come up with an offer of setup:actpass and no candidates',
    async run(context) {
      const { peer } = await context.goLive();
      return passIf(peer.state === 'connected', peer.state);
    },
  },
  {
    id: 'connects-active',
    section: 'RFC 9725, 4.4.4',
    level: 'must',
    asks: 'The same with setup:active',
    async run(context) {
      const { peer } = await context.goLive({ setup: 'active' });
      return passIf(peer.state === 'connected', peer.state);
    },
  },
  {
    id: 'connects-passive',
    section: 'RFC 9725, 4.4.4; ffmpeg',
    level: 'should',
    asks: 'setup:passive, which ffmpeg offers, is answered active and connects, or is refused with 4xx',
    async run(context) {
      const peer = context.newPeer();
      const answer = await context.post(context.whip, writeOffer(peer.transport, { setup: 'passive' }));
      if (isRefusal(answer)) return notApplicable(`refused: ${summary(answer)}`);
      const setup = readDescription(answer.body)?.sections[0]?.attribute('setup');
      if (answer.status !== 201 || setup !== 'active') return passIf(false, `${summary(answer)}, setup:${setup}`);
      peer.connect(answer.body);
      const isUp = await eventually(() => peer.state === 'connected', context.mediaTimeoutMs);
      return passIf(isUp, `setup:active, ${peer.state}`);
    },
  },
  {
    id: 'late-delete',
    section: 'RFC 9725, 4.2',
    level: 'must',
    asks: 'DELETE of a session that has ended does not end the one that follows it',
    async run(context) {
      const first = await context.goLive();
      await context.end(first.session);
      first.peer.close();
      const second = await context.goLive();
      await context.end(first.session);
      const goesOn = await context.call('PATCH', second.session, {
        body: 'a=end-of-candidates\r\n',
        headers: { 'content-type': 'application/trickle-ice-sdpfrag' },
      });
      return passIf(goesOn.status !== 404 && second.peer.state === 'connected', `PATCH ${summary(goesOn)}`);
    },
  },
  {
    id: 'delete-revokes-consent',
    section: 'RFC 9725, 4.2; RFC 7675',
    level: 'must',
    asks: 'After DELETE the server answers no more connectivity checks of the session',
    async run(context) {
      const { peer, answer, session } = await context.goLive();
      const description = readDescription(answer.body);
      const check = description && consentCheck(description, peer.transport.ufrag);
      if (check === undefined) return notApplicable('the answer has no UDP candidate');
      if (!(await answersChecks(check)))
        return notApplicable('no check from a second port is answered before DELETE either');
      await context.end(session);
      return (await answersChecks(check)) ? passIf(false, 'answered after DELETE') : pass('silent after DELETE');
    },
  },
];
