/** What can be wrong with a peer's session description. Stable: clients branch on it. */
export type SdpErrorCode =
  /** 400: the text itself, or one of its values. */
  | 'malformed_sdp'
  | 'malformed_candidate_fragment'
  | 'no_ice_credentials'
  | 'no_fingerprint'
  | 'no_media'
  | 'wrong_direction'
  | 'answer_mismatch'
  /** 422: understood, but not something this server can do. */
  | 'bundle_required'
  | 'rtcp_mux_required'
  | 'dtls_setup_not_supported'
  | 'ice_lite_not_supported'
  | 'too_many_tracks'
  | 'codec_not_supported'
  | 'simulcast_too_many_layers';

const statuses: Readonly<Record<SdpErrorCode, 400 | 422>> = {
  malformed_sdp: 400,
  malformed_candidate_fragment: 400,
  no_ice_credentials: 400,
  no_fingerprint: 400,
  no_media: 400,
  wrong_direction: 400,
  answer_mismatch: 400,
  bundle_required: 422,
  rtcp_mux_required: 422,
  dtls_setup_not_supported: 422,
  ice_lite_not_supported: 422,
  too_many_tracks: 422,
  codec_not_supported: 422,
  simulcast_too_many_layers: 422,
};

/** A peer's description cannot be used. The message is for the peer: what was wrong, and what would be right. */
export class SdpError extends Error {
  readonly code: SdpErrorCode;
  /** The HTTP status that suits: 400 malformed, 422 understood but not possible here. */
  readonly status: 400 | 422;

  constructor(code: SdpErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SdpError';
    this.code = code;
    this.status = statuses[code];
  }
}
