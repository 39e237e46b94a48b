/**
 * Small JSON texts of which a store keeps one for each mailbox, made short: a string of characters below 256, one octet each in memory.
 *
 *   0x01-0x7f itself · 0x80-0xef a phrase · 0xf0 and 16 octets: a UUID · 0xf1, length and octets: base64 between quotes · 0xff at the start: UTF-8 follows
 *
 * What it does not know it leaves as it is: any text comes back as it was.
 */
const uuidMark = '\xf0';
const base64Mark = '\xf1';
const utf8Mark = '\xff';
const firstPhrase = 0x80;

/** Of what a mailbox's documents look like. Their order is part of a summary's form. */
const phrases = [
  '{"version":1,"owner":{"pin":', '{"salt":', ',"hash":', ',"cost":', '16384', '},"wrongTries":', ',"wrongTries":', ',"lockedUntilMs":', ',"locks":', ',"greeting":', ',"name":', 'null', '"id":"', '","codec":"', 'PCMU', 'PCMA',
  '","bytes":', ',"durationMs":', '{"version":1,"greetings":', '},"use":', '"temporaryUntilMs":', '"options":', '"greeting":', '"takesCalls":', '"loopGreeting":', '"pinGiven":', '"envelope":', '"number":', '"name":', '"time":',
  '"length":', 'true', 'false', '"for":"', '","messages":', ',"bytes":', ',"oldestId":"', '"}', '{}',
] as const;

const escaped = (text: string): string => text.replace(/[{}]/g, '\\$&');
const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const pieces = new RegExp(`${uuid}|"[A-Za-z0-9+/]{20,340}={0,2}"|${[...phrases].sort((one, other) => other.length - one.length).map(escaped).join('|')}`, 'g');
const marks = /\xf0([\s\S]{16})|\xf1([\s\S])|[\x80-\xef]/g;
const codes = new Map(phrases.map((phrase, at) => [phrase as string, String.fromCharCode(firstPhrase + at)]));

export function packText(text: string): string {
  // What has other characters, or a NUL, is nothing that is stored thousands of times.
  if (/[^\x01-\x7f]/.test(text)) return utf8Mark + Buffer.from(text).toString('latin1');
  return text.replace(pieces, (piece) => codes.get(piece) ?? (piece.startsWith('"') ? packBase64(piece) : uuidMark + Buffer.from(piece.replaceAll('-', ''), 'hex').toString('latin1')));
}

export function unpackText(packed: string): string {
  if (packed.startsWith(utf8Mark)) return Buffer.from(packed.slice(1), 'latin1').toString();
  let text = '';
  let at = 0;
  marks.lastIndex = 0;
  for (let found = marks.exec(packed); found !== null; found = marks.exec(packed)) {
    text += packed.slice(at, found.index);
    at = marks.lastIndex;
    if (found[1] !== undefined) text += uuidOf(found[1]);
    else if (found[2] !== undefined) {
      at += found[2].charCodeAt(0);
      text += `"${Buffer.from(packed.slice(marks.lastIndex, at), 'latin1').toString('base64')}"`;
      marks.lastIndex = at;
    } else text += phrases[found[0].charCodeAt(0) - firstPhrase] ?? '';
  }
  return text + packed.slice(at);
}

/** Only what comes back as the same text: base64 has several ways to say one thing. */
function packBase64(quoted: string): string {
  const octets = Buffer.from(quoted.slice(1, -1), 'base64');
  if (octets.length > 255 || octets.toString('base64') !== quoted.slice(1, -1)) return quoted;
  return base64Mark + String.fromCharCode(octets.length) + octets.toString('latin1');
}

function uuidOf(octets: string): string {
  const hex = Buffer.from(octets, 'latin1').toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
