// Reads what an ELF file asks the dynamic linker for. Little-endian, 64 bits: what all our boards are.
const DYNAMIC_SEGMENT = 2;
const INTERPRETER_SEGMENT = 3;
const LOAD_SEGMENT = 1;
const NEEDED = 1n;
const STRING_TABLE = 5n;

/** { interpreter, needed } of a dynamically linked program or library, with empty lists for a static one; undefined when it is no ELF file of 64 bits. */
export function linkage(bytes) {
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== 1) return undefined;
  const segments = segmentsOf(bytes);
  const interpreter = segments.find(({ type }) => type === INTERPRETER_SEGMENT);
  const dynamic = segments.find(({ type }) => type === DYNAMIC_SEGMENT);
  return {
    interpreter: interpreter === undefined ? null : text(bytes, interpreter.offset),
    needed: dynamic === undefined ? [] : neededBy(bytes, dynamic, segments),
  };
}

function segmentsOf(bytes) {
  const offset = Number(bytes.readBigUInt64LE(32));
  const size = bytes.readUInt16LE(54);
  return Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => {
    const at = offset + index * size;
    return {
      type: bytes.readUInt32LE(at),
      offset: Number(bytes.readBigUInt64LE(at + 8)),
      address: Number(bytes.readBigUInt64LE(at + 16)),
      bytes: Number(bytes.readBigUInt64LE(at + 32)),
    };
  });
}

function neededBy(bytes, dynamic, segments) {
  const entries = [];
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.bytes; at += 16) entries.push([bytes.readBigUInt64LE(at), Number(bytes.readBigUInt64LE(at + 8))]);
  const table = entries.find(([tag]) => tag === STRING_TABLE)?.[1];
  if (table === undefined) return [];
  const segment = segments.find(({ type, address, bytes: length }) => type === LOAD_SEGMENT && table >= address && table < address + length);
  if (segment === undefined) return [];
  return entries.filter(([tag]) => tag === NEEDED).map(([, name]) => text(bytes, table - segment.address + segment.offset + name));
}

const text = (bytes, from) => bytes.toString('latin1', from, bytes.indexOf(0, from));
