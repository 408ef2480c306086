/**
 * H.264 profiles as `profile-level-id` names them (RFC 6184, section 8.1): profile_idc, profile-iop (constraint
 * flags) and level_idc, two hex digits each. Constrained High counts as High: Apple's decoders offer only that, and
 * play all of High.
 */
export type H264Profile = 'constrained-baseline' | 'baseline' | 'main' | 'high' | 'high-444';

/**
 * Each decodes itself and those before it (H.264, annex A.2). No encoder in use makes the Baseline streams (FMO, ASO)
 * that Main cannot; and High 4:4:4 Predictive is how a Chromium without a hardware decoder says that it takes High.
 */
const byCapability: readonly H264Profile[] = ['constrained-baseline', 'baseline', 'main', 'high', 'high-444'];

/** What RFC 6184, section 8.1 implies where the parameter is missing: Baseline, level 1. */
const impliedProfileLevelId = '42000a';

/** Undefined for profiles that browsers do not decode (Extended, High 10, High 4:2:2) and for what is not hex. */
export function h264Profile(profileLevelId = impliedProfileLevelId): H264Profile | undefined {
  if (!/^[0-9a-f]{6}$/i.test(profileLevelId)) return undefined;
  const profileIdc = Number.parseInt(profileLevelId.slice(0, 2), 16);
  const constraints = Number.parseInt(profileLevelId.slice(2, 4), 16);
  const constraintSet0 = (constraints & 0x80) !== 0;
  const constraintSet1 = (constraints & 0x40) !== 0;
  switch (profileIdc) {
    case 0x42:
      return constraintSet1 ? 'constrained-baseline' : 'baseline';
    case 0x4d:
      return constraintSet0 ? 'constrained-baseline' : 'main';
    case 0x64:
      return 'high';
    case 0xf4:
      return 'high-444';
    default:
      return undefined;
  }
}

/** How much more than `sent` a decoder can do: 0 where they are equal, negative where it cannot decode it. */
export function h264Surplus(decoder: H264Profile, sent: H264Profile): number {
  return byCapability.indexOf(decoder) - byCapability.indexOf(sent);
}
