// The kernel's description of a board (flattened device tree, version 17: Devicetree Specification 0.4, chapter 5), read, changed and written.
import { ImageError } from './image-error.mjs';

const MAGIC = 0xd00dfeed;
const HEAD_BYTES = 40;
const [NODE, END_NODE, PROPERTY, NOTHING, END] = [1, 2, 3, 4, 9];

/** { cpu, reservations, root }; a node is { name, properties: Map of name to bytes, nodes }. Errors: ImageError for what is no description. */
export function readTree(bytes) {
  if (bytes.length < HEAD_BYTES || bytes.readUInt32BE(0) !== MAGIC) throw new ImageError('this is no description of a board: its first word is another');
  const [structAt, stringsAt, reservedAt] = [8, 12, 16].map((place) => bytes.readUInt32BE(place));
  const text = (at) => bytes.toString('latin1', at, bytes.indexOf(0, at));
  const aligned = (value) => (value + 3) & ~3;
  let at = structAt;
  const word = () => bytes.readUInt32BE((at += 4) - 4);
  const node = () => {
    const made = { name: text(at), properties: new Map(), nodes: [] };
    at = aligned(at + made.name.length + 1);
    for (let kind = word(); kind !== END_NODE; kind = word()) {
      if (kind === NODE) made.nodes.push(node());
      else if (kind === PROPERTY) {
        const [length, name] = [word(), word()];
        made.properties.set(text(stringsAt + name), Buffer.from(bytes.subarray(at, at + length)));
        at = aligned(at + length);
      } else if (kind !== NOTHING) throw new ImageError(`a description of a board holds the word ${kind}, which says nothing`);
    }
    return made;
  };
  while (word() === NOTHING);
  const root = node();
  let end = reservedAt;
  while (bytes.readBigUInt64BE(end) !== 0n || bytes.readBigUInt64BE(end + 8) !== 0n) end += 16;
  return { cpu: bytes.readUInt32BE(28), reservations: Buffer.from(bytes.subarray(reservedAt, end + 16)), root };
}

export function writeTree({ cpu, reservations, root }) {
  const words = (...values) => values.reduce((made, value, index) => (made.writeUInt32BE(value, index * 4), made), Buffer.alloc(values.length * 4));
  const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  const names = new Map();
  let namesBytes = 0;
  const place = (name) => {
    if (!names.has(name)) {
      names.set(name, namesBytes);
      namesBytes += name.length + 1;
    }
    return names.get(name);
  };
  const node = ({ name, properties, nodes }) => [
    words(NODE), padded(Buffer.from(`${name}\0`, 'latin1')),
    ...[...properties].flatMap(([key, value]) => [words(PROPERTY, value.length, place(key)), padded(value)]),
    ...nodes.flatMap(node), words(END_NODE),
  ];
  const struct = Buffer.concat([...node(root), words(END)]);
  const strings = Buffer.from([...names.keys()].map((name) => `${name}\0`).join(''), 'latin1');
  const structAt = HEAD_BYTES + reservations.length;
  const stringsAt = structAt + struct.length;
  const head = words(MAGIC, stringsAt + strings.length, structAt, stringsAt, HEAD_BYTES, 17, 16, cpu, strings.length, struct.length);
  return Buffer.concat([head, reservations, struct, strings]);
}

/** The node at `place` ('/soc/serial@7e215040'), or undefined. */
export const nodeAt = (root, place) => place.split('/').slice(1).reduce((node, name) => node?.nodes.find((child) => child.name === name), root);

/** Words of a property that is a list of texts (`compatible`). */
export const textsOf = (bytes) => (bytes === undefined ? [] : bytes.toString('latin1').replace(/\0$/, '').split('\0'));

/**
 * The description with what `additions` says of its nodes: { '/soc/x@1': { property: a text or a number of 32 bits } }. A part (`compatible`) that is not there is made.
 * Errors: ImageError when another node, or that above the part, is not there, or when a handle (`phandle`) is another node's: the kernel describes the board otherwise by now.
 */
export function described(bytes, additions, name) {
  const tree = readTree(bytes);
  for (const [place, properties] of Object.entries(additions)) {
    const node = nodeAt(tree.root, place) ?? newNode(tree.root, place, properties, name);
    for (const [key, value] of Object.entries(properties)) {
      const made = valueBytes(value);
      if (key === 'phandle' && holderOf(tree.root, made) !== undefined) throw new ImageError(`${name}: the handle ${value} is ${holderOf(tree.root, made)}'s already; choose another in board/BOARD/image.mjs`);
      node.properties.set(key, made);
    }
  }
  return writeTree(tree);
}

function newNode(root, place, properties, name) {
  const above = nodeAt(root, place.slice(0, place.lastIndexOf('/')));
  if (above === undefined || properties.compatible === undefined) throw new ImageError(`${name}: there is no node ${above === undefined ? 'above ' : ''}${place}; look at what this version of the kernel has and change board/BOARD/image.mjs`);
  const node = { name: place.slice(place.lastIndexOf('/') + 1), properties: new Map(), nodes: [] };
  above.nodes.push(node);
  return node;
}

function valueBytes(value) {
  if (typeof value === 'string') return Buffer.from(`${value}\0`, 'latin1');
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const holderOf = (node, handle) => (node.properties.get('phandle')?.equals(handle) ? node.name : node.nodes.map((child) => holderOf(child, handle)).find((name) => name !== undefined));
