import { bindingRequest } from '../support/stun-binding.ts';
import type { RandomBytes } from './random-bytes.ts';

/** A binding request for this username, whole in form, and signed with a password of no one's. */
export function forgedBindingRequest(username: string, random: RandomBytes): Buffer {
  return bindingRequest(username, random.bytes(24));
}
