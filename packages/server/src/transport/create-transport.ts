import { hasAddon } from './native/addon.ts';
import { createNativeTransport } from './native/native.ts';
import type { Transport } from './transport.ts';
import type { TransportOptions } from './transport-options.ts';

/** `auto` is the native one where it has been compiled for this machine. */
export type TransportName = 'native' | 'datachannel';
export type TransportChoice = 'auto' | TransportName;

export interface ChosenTransport {
  readonly name: TransportName;
  readonly transport: Transport;
}

/**
 * @throws TransportError `port_in_use` or `cannot_bind`
 * @throws Error where the native one is asked for by name and has not been compiled
 */
export async function createTransport(choice: TransportChoice, options: TransportOptions): Promise<ChosenTransport> {
  const name = choice === 'auto' ? (hasAddon() ? 'native' : 'datachannel') : choice;
  if (name === 'native') return { name, transport: await createNativeTransport(options) };
  // Loaded where it is used alone.
  const { createDatachannelTransport } = await import('./datachannel/datachannel.ts');
  return { name, transport: await createDatachannelTransport(options) };
}
