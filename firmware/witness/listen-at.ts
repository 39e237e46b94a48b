import type { Endpoint } from '../../hal/datagram.ts';
import { address } from '../config/text-forms.ts';

export const witnessPort = 5072;

/** 'ADDRESS:PORT', '[IPv6]:PORT' or an address alone, which means the usual port; null = it is none of these. */
export function listenAt(text: string): Endpoint | null {
  const parts = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text);
  const literal = address.accepts(text) ? text : (parts?.[1] ?? parts?.[2] ?? '');
  const port = address.accepts(text) ? witnessPort : Number(parts?.[3] ?? witnessPort);
  return address.accepts(literal) && port >= 1 && port <= 65_535 ? { address: literal, port } : null;
}
