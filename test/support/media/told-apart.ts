/** What a caller says who can be told from all others, and each of his octets from its neighbours: that of a recording at a position. */
export function octetAt(record: number, position: number): number {
  let mixed = Math.imul(record + 1, 0x9e3779b1) ^ Math.imul(position + 1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) & 0xff;
}

/** The next octets of it. */
export function say(record: number, position: number, into: Uint8Array): void {
  for (let at = 0; at < into.length; at++) into[at] = octetAt(record, position + at);
}

/** Where these octets are others than what was said there; -1 = nowhere. */
export function firstOther(record: number, position: number, bytes: Uint8Array): number {
  return bytes.findIndex((octet, at) => octet !== octetAt(record, position + at));
}
