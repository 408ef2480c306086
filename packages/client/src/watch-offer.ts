/** Header extensions that a page may ask for (W3C WebRTC Extensions, section 5); Chromium has it, TypeScript does not. */
interface ExtensionControl extends RTCRtpTransceiver {
  getHeaderExtensionsToNegotiate?(): { uri: string; direction: RTCRtpTransceiverDirection }[];
  setHeaderExtensionsToNegotiate?(extensions: readonly { uri: string; direction: RTCRtpTransceiverDirection }[]): void;
}

const dependencyDescriptor = 'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension';

/** Lets a host's AV1 come in all its spatial layers. Where the browser cannot be asked, the lowest comes. */
export function askForDescriptors(transceiver: RTCRtpTransceiver): void {
  const control: ExtensionControl = transceiver;
  const extensions = control.getHeaderExtensionsToNegotiate?.();
  const wanted = extensions?.find(({ uri }) => uri === dependencyDescriptor);
  if (extensions === undefined || wanted === undefined) return;
  wanted.direction = 'sendrecv';
  control.setHeaderExtensionsToNegotiate?.(extensions);
}

/** The offer with `stereo=1` (RFC 7587, section 6.1): browsers decode Opus as mono unless their own offer says it. */
export function withStereo(sdp: string): string {
  const payloadType = /^a=rtpmap:(\d+) opus\/48000\/2\r?$/im.exec(sdp)?.[1];
  if (payloadType === undefined) return sdp;
  // In every audio section: one payload type stands for one codec in all of a bundle.
  const parameters = new RegExp(`^(a=fmtp:${payloadType} [^\\r\\n]*)`, 'gm');
  const written = parameters.exec(sdp)?.[1];
  if (written === undefined)
    return sdp.replace(/^(a=rtpmap:\d+ opus\/48000\/2)(?=\r?$)/gim, `$1\r\na=fmtp:${payloadType} stereo=1`);
  return /[ ;]stereo=/.test(written) ? sdp : sdp.replace(parameters, '$1;stereo=1');
}
