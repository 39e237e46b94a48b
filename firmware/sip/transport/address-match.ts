/** Addresses as bytes, so that 10.0.0.1, ::ffff:10.0.0.1 and 010... cannot be told apart by spelling. */

/** 4 or 16 bytes; IPv4-mapped IPv6 comes back as IPv4. null = no literal address. */
export function addressBytes(text: string): Uint8Array | null {
  const plain = text.split('%', 1)[0] as string;
  const v4 = plain.includes(':') ? null : v4Bytes(plain);
  if (v4 !== null || !plain.includes(':')) return v4;
  const v6 = v6Bytes(plain);
  return v6 !== null && isMapped(v6) ? v6.slice(12) : v6;
}

const isMapped = (bytes: Uint8Array): boolean => bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;

function v4Bytes(text: string): Uint8Array | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) < 256)) return null;
  return Uint8Array.from(parts, Number);
}

function v6Bytes(text: string): Uint8Array | null {
  const tail = text.slice(text.lastIndexOf(':') + 1);
  const v4 = tail.includes('.') ? v4Bytes(tail) : null;
  const hex = v4 === null ? text : `${text.slice(0, -tail.length)}${((v4[0] as number) * 256 + (v4[1] as number)).toString(16)}:${((v4[2] as number) * 256 + (v4[3] as number)).toString(16)}`;
  const [head = '', after, extra] = hex.split('::');
  if (extra !== undefined) return null;
  const front = groups(head);
  const back = after === undefined ? [] : groups(after);
  const missing = 8 - front.length - back.length;
  if (after === undefined ? missing !== 0 : missing < 1) return null;
  const all = [...front, ...new Array<string>(missing).fill('0'), ...back];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return Uint8Array.from(all.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]));
}

const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));

export interface Block {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

/** '10.0.0.0/8', '2001:db8::/32', or a single address. null = neither. */
export function parseBlock(text: string): Block | null {
  const [address = '', length] = text.split('/');
  const bytes = addressBytes(address);
  if (bytes === null) return null;
  const most = bytes.length * 8;
  const bits = length === undefined ? most : /^[0-9]{1,3}$/.test(length) ? Number(length) : NaN;
  return bits >= 0 && bits <= most ? { bytes, bits } : null;
}

export function inBlock(address: Uint8Array, block: Block): boolean {
  if (address.length !== block.bytes.length) return false;
  const whole = block.bits >> 3;
  for (let at = 0; at < whole; at++) {
    if (address[at] !== block.bytes[at]) return false;
  }
  const mask = 0xff00 >> (block.bits & 7);
  return (block.bits & 7) === 0 || ((address[whole] as number) & mask & 255) === ((block.bytes[whole] as number) & mask & 255);
}
