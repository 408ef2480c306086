import { type Check, fail, notApplicable, type Outcome, passIf } from '../check.ts';
import type { Context } from '../context.ts';
import { type Description, readDescription } from '../description.ts';
import { isRefusal, summary } from '../http.ts';
import type { OfferOptions } from '../offer.ts';

const constraints = 'RFC 9725, 4.4';

/** A check of the answer to an offer that has to be taken. */
function answered(options: OfferOptions, judge: (answer: Description) => Outcome) {
  return async (context: Context): Promise<Outcome> => {
    const answer = await context.publish(options);
    const description = readDescription(answer.body);
    if (answer.status !== 201 || description === undefined) return fail(`not answered: ${summary(answer)}`);
    return judge(description);
  };
}

function refused(options: OfferOptions) {
  return async (context: Context): Promise<Outcome> => {
    const answer = await context.publish(options);
    return passIf(isRefusal(answer), summary(answer));
  };
}

const setups = ({ sections }: Description) => sections.map((section) => section.attribute('setup') ?? 'none');
const directionsOf = ({ sections }: Description) => sections.map(({ direction }) => direction);
const every = (values: readonly string[], wanted: readonly string[]) =>
  passIf(values.length > 0 && values.every((value) => wanted.includes(value)), values.join(', '));

export const offerChecks: readonly Check[] = [
  {
    id: 'answer-recvonly',
    section: 'RFC 9725, 4.2',
    level: 'must',
    asks: 'A sendonly offer is answered recvonly',
    run: answered({}, (answer) => every(directionsOf(answer), ['recvonly'])),
  },
  {
    id: 'answer-to-sendrecv',
    section: 'RFC 9725, 4.2',
    level: 'must',
    asks: 'A sendrecv offer is taken, and answered recvonly',
    run: answered({ direction: 'sendrecv' }, (answer) => every(directionsOf(answer), ['recvonly'])),
  },
  {
    id: 'answer-candidates',
    section: 'RFC 9725, 4.3.2',
    level: 'must',
    asks: 'All candidates of the server are in the answer, since it cannot trickle',
    run: answered({}, ({ sections }) => {
      const candidates = new Set(sections.flatMap((section) => section.attributes('candidate')));
      return passIf(candidates.size > 0, `${candidates.size} candidates`);
    }),
  },
  {
    id: 'answer-bundle',
    section: `${constraints}.1`,
    level: 'must',
    asks: 'The answer bundles every m-line, and multiplexes RTCP',
    run: answered({}, ({ sections, bundle }) => {
      const mids = sections.map((section) => section.attribute('mid') ?? '');
      const muxed = sections.every((section) => section.attribute('rtcp-mux') !== undefined);
      return passIf(
        muxed && mids.every((mid) => bundle.includes(mid)),
        `BUNDLE ${bundle.join(' ')}, mids ${mids.join(' ')}`,
      );
    }),
  },
  {
    id: 'offer-without-bundle',
    section: `${constraints}.1`,
    level: 'must',
    asks: 'An offer of several m-lines without BUNDLE is refused with 4xx',
    run: refused({ bundle: false }),
  },
  {
    id: 'offer-without-rtcp-mux',
    section: `${constraints}.1`,
    level: 'must',
    asks: 'An offer without rtcp-mux is refused with 4xx',
    run: refused({ rtcpMux: false }),
  },
  {
    id: 'two-videos',
    section: `${constraints}.2`,
    level: 'must',
    asks: 'An offer of more video tracks than the server takes is refused with 4xx as a whole',
    run: refusedOrWhole({ kinds: ['audio', 'video', 'video'] }),
  },
  {
    id: 'two-audios',
    section: `${constraints}.2`,
    level: 'must',
    asks: 'An offer of more audio tracks than the server takes is refused with 4xx as a whole',
    run: refusedOrWhole({ kinds: ['audio', 'audio', 'video'] }),
  },
  {
    id: 'single-audio',
    section: `${constraints}.3`,
    level: 'should',
    asks: 'An offer of audio alone is taken',
    run: answered({ kinds: ['audio'] }, (answer) => every(directionsOf(answer), ['recvonly'])),
  },
  {
    id: 'single-video',
    section: `${constraints}.3`,
    level: 'should',
    asks: 'An offer of video alone is taken',
    run: answered({ kinds: ['video'] }, (answer) => every(directionsOf(answer), ['recvonly'])),
  },
  {
    id: 'no-partial-answer',
    section: `${constraints}.3`,
    level: 'must',
    asks: 'A codec that the server has not got makes the whole offer fail with 4xx: no m-line is rejected alone',
    run: refused({ videoCodec: 'CONFORMANCE' }),
  },
  {
    id: 'setup-actpass',
    section: `${constraints}.4`,
    level: 'must',
    asks: 'setup:actpass is answered active or passive',
    run: answered({}, (answer) => every(setups(answer), ['active', 'passive'])),
  },
  {
    id: 'setup-active',
    section: `${constraints}.4`,
    level: 'must',
    asks: 'setup:active is answered passive',
    run: answered({ setup: 'active' }, (answer) => every(setups(answer), ['passive'])),
  },
  {
    id: 'setup-unsupported',
    section: `${constraints}.4`,
    level: 'must',
    asks: 'A setup that cannot be (holdconn) is refused with 4xx',
    run: refused({ setup: 'holdconn' }),
  },
  {
    id: 'simulcast',
    section: 'RFC 9725, 4.8',
    level: 'should',
    asks: 'Simulcast of three layers is taken with every layer: OBS gives up otherwise',
    async run(context) {
      const rids = ['0', '1', '2'];
      const answer = await context.publish({ rids });
      if (isRefusal(answer)) return notApplicable(`not supported: ${summary(answer)}`);
      const [, video] = readDescription(answer.body)?.sections ?? [];
      const simulcast = video?.attribute('simulcast');
      if (simulcast === undefined) return notApplicable('not supported: no a=simulcast in the answer');
      return passIf(simulcast.replace('recv ', '').split(';').join() === rids.join(), simulcast);
    },
  },
];

/** A server may take several tracks of a kind (RFC 9725 leaves it open), but not some of them. */
function refusedOrWhole(options: OfferOptions) {
  return async (context: Context): Promise<Outcome> => {
    const answer = await context.publish(options);
    if (isRefusal(answer)) return passIf(true, summary(answer));
    const ports = readDescription(answer.body)?.sections.map(({ port }) => port) ?? [];
    return passIf(answer.status === 201 && !ports.includes(0), `${summary(answer)}, ports ${ports.join(', ')}`);
  };
}
