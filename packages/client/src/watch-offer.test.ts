import { expect, test } from 'vitest';
import { withStereo } from './watch-offer.ts';

const audio = (fmtp: string) => `m=audio 9 X 63 111\r\na=rtpmap:63 red/48000/2\r\na=rtpmap:111 opus/48000/2\r\n${fmtp}`;

test.each([
  ['behind other parameters', 'a=fmtp:111 minptime=10\r\n', 'a=fmtp:111 minptime=10;stereo=1\r\n'],
  ['alone', '', 'a=fmtp:111 stereo=1\r\n'],
  ['only once', 'a=fmtp:111 stereo=0\r\n', 'a=fmtp:111 stereo=0\r\n'],
  ['for no other format', 'a=fmtp:63 111/111\r\n', 'a=fmtp:111 stereo=1\r\na=fmtp:63 111/111\r\n'],
])('stereo is asked for %s', (_, before, after) => {
  expect(withStereo(audio(before))).toBe(audio(after));
});

test('an offer without Opus stays as it is', () => {
  expect(withStereo('m=video 9 X 96\r\n')).toBe('m=video 9 X 96\r\n');
});

test.each(['', 'a=fmtp:111 minptime=10\r\n'])('stereo is asked for in every audio section', (fmtp) => {
  const twice = withStereo(audio(fmtp) + audio(fmtp));
  expect(twice).toBe(withStereo(audio(fmtp)).repeat(2));
  expect(twice.match(/stereo=1/g)).toHaveLength(2);
});
