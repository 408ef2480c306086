import type { Feedback, MediaKind } from '../rtp/parameters.ts';

/**
 * The `a=rtcp-fb` values we know: RFC 4585 (nack, nack pli), RFC 5104 (ccm fir), draft-holmer-rmcat-transport-wide-cc
 * and draft-alvestrand-rmcat-remb.
 */
export const knownFeedback: Readonly<Record<MediaKind, readonly string[]>> = {
  audio: ['transport-cc', 'nack'],
  video: ['goog-remb', 'transport-cc', 'ccm fir', 'nack', 'nack pli'],
};

/** What both sides know, in our order. */
export function commonFeedback(kind: MediaKind, offered: readonly string[]): string[] {
  return knownFeedback[kind].filter((value) => offered.includes(value));
}

export function feedbackFlags(values: readonly string[]): Feedback {
  return {
    nack: values.includes('nack'),
    pli: values.includes('nack pli'),
    fir: values.includes('ccm fir'),
    transportCc: values.includes('transport-cc'),
    remb: values.includes('goog-remb'),
  };
}
