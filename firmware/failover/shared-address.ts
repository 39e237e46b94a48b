import type { InterfaceAddress } from '../../hal/address-holder.ts';
import type { PairSettings } from '../config/settings.ts';

/** The address that moves between the two units and where it goes; null = there is none. */
export function sharedAddressOf(pair: PairSettings | null): InterfaceAddress | null {
  if (pair === null || pair.sharedAddress === null || pair.interface === null) return null;
  const [address = '', bits = ''] = pair.sharedAddress.split('/');
  return { interface: pair.interface, address, prefixBits: Number(bits) };
}

/** The address where calls go on whichever unit holds it; null = they end with their unit. */
export function followsOn(pair: PairSettings | null): string | null {
  return pair?.calls === 'follow' ? (sharedAddressOf(pair)?.address ?? null) : null;
}
