import { type MediaDescription, parse, parseSimulcastStreamList, type SessionDescription } from 'sdp-transform';
import type { Direction, RemoteDescription, RemoteMedia, RemoteSsrcGroup } from './description.ts';
import { parseCodecs, parseExtensions } from './parse-formats.ts';
import { parseFingerprint, parseIce } from './parse-transport.ts';
import { integer, malformed, token, words } from './parse-values.ts';

/** Characters. Chromium's offer of two simulcast videos with every codec is about 10,000. */
const maxLength = 65_536;
const maxLines = 2048;
const maxSections = 32;
const maxSsrcs = 64;

/**
 * Reads a peer's offer or answer. sdp-transform splits the lines and takes nearly anything; here every value that we
 * use is checked. Attributes that may stand at session level (ICE, fingerprint, setup, direction, extensions) are
 * filled in for each section.
 * @throws SdpError
 */
export function parseDescription(sdp: string): RemoteDescription {
  const session = parseSession(sdp);
  const media = session.media.map((section, index) => parseMedia(section, index, session));
  const mids = new Set(media.map(({ mid }) => mid));
  if (mids.size !== media.length) throw malformed('two m-lines have the same a=mid; each needs one of its own');
  const bundle = session.groups?.find(({ type }) => String(type) === 'BUNDLE');
  return {
    iceLite: session.icelite !== undefined,
    bundle: bundle === undefined ? [] : words(bundle.mids),
    media,
  };
}

function parseSession(sdp: string): SessionDescription {
  if (sdp.length > maxLength) throw malformed(`${sdp.length} characters; at most ${maxLength} are taken`);
  if (!/^v=0\s/.test(sdp)) throw malformed('a session description starts with the line v=0');
  if (sdp.split(/\r\n|\r|\n/).length > maxLines) throw malformed(`more than ${maxLines} lines`);
  const session = parse(sdp);
  if (session.media.length > maxSections) throw malformed(`more than ${maxSections} m-lines`);
  return session;
}

function parseMedia(section: MediaDescription, index: number, session: SessionDescription): RemoteMedia {
  // sdp-transform leaves the fields out where the m-line is not of the form `m=kind port proto fmt`.
  if (section.type === undefined)
    throw malformed(`m-line ${index + 1} is not of the form m=<kind> <port> <proto> <fmt>`);
  const port = integer(section.port, 0, 65_535, 'port of an m-line');
  const kind = String(section.type);
  const isRtp = kind === 'audio' || kind === 'video';
  const ice = parseIce(section) ?? parseIce(session);
  const fingerprint = parseFingerprint(section) ?? parseFingerprint(session);
  const setup = section.setup ?? session.setup;
  return {
    kind,
    protocol: String(section.protocol),
    formats: String(section.payloads ?? ''),
    // Only a lone section can do without a mid (BUNDLE names mids); it gets the name browsers would give it.
    mid: token(section.mid ?? index, 'a=mid'),
    rejected: port === 0 && section.bundleOnly === undefined,
    direction: (section.direction ?? session.direction ?? 'sendrecv') as Direction,
    ...(ice && { ice }),
    ...(fingerprint && { fingerprint }),
    ...(setup !== undefined && { setup: String(setup) }),
    rtcpMux: section.rtcpMux !== undefined,
    rtcpReducedSize: section.rtcpRsize !== undefined,
    codecs: isRtp ? parseCodecs(section) : [],
    extensions: isRtp ? parseExtensions([...(session.ext ?? []), ...(section.ext ?? [])]) : [],
    ssrcs: parseSsrcs(section),
    ssrcGroups: parseSsrcGroups(section),
    sendRids: parseSendRids(section),
    extmapAllowMixed: (section.extmapAllowMixed ?? session.extmapAllowMixed) !== undefined,
  };
}

function parseSsrcs(section: MediaDescription): number[] {
  const ids = (section.ssrcs ?? []).map(({ id }) => integer(id, 0, 0xffff_ffff, 'a=ssrc'));
  const distinct = [...new Set(ids)];
  if (distinct.length > maxSsrcs) throw malformed(`more than ${maxSsrcs} SSRCs in one m-line`);
  return distinct;
}

function parseSsrcGroups(section: MediaDescription): RemoteSsrcGroup[] {
  const groups = section.ssrcGroups ?? [];
  if (groups.length > maxSsrcs) throw malformed(`more than ${maxSsrcs} a=ssrc-group in one m-line`);
  return groups.map(({ semantics, ssrcs }) => ({
    semantics: String(semantics),
    ssrcs: words(ssrcs).map((ssrc) => integer(ssrc, 0, 0xffff_ffff, 'a=ssrc-group')),
  }));
}

/**
 * The rids of `a=simulcast:send`, one a stream: the first of alternatives, paused (`~`) or not. A rid without its own
 * `a=rid` line does not count (RFC 8853).
 */
function parseSendRids(section: MediaDescription): string[] {
  const { simulcast } = section;
  const list = simulcast?.dir1 === 'send' ? simulcast.list1 : simulcast?.dir2 === 'send' ? simulcast.list2 : undefined;
  if (list === undefined) return [];
  const declared = new Set(
    (section.rids ?? []).filter(({ direction }) => String(direction) === 'send').map(({ id }) => token(id, 'a=rid')),
  );
  const rids = parseSimulcastStreamList(String(list))
    .map(([first]) => String(first?.scid ?? ''))
    .filter((rid) => declared.has(rid));
  if (new Set(rids).size !== rids.length) throw malformed('a=simulcast lists a rid twice');
  return rids;
}
