// Writes archives of the form newc, which the kernel unpacks as its first file system. Same entries, same bytes: names in order, no owner, no time.
const FOLDER = 0o040000;
const FILE = 0o100000;
const LINK = 0o120000;

/**
 * @param entries { name, folder: true } | { name, bytes, executable } | { name, link }; folders above an entry need an entry of their own.
 */
export function cpio(entries) {
  const sorted = [...entries].sort((one, other) => (one.name < other.name ? -1 : 1));
  const parts = sorted.flatMap((entry, index) => record(entry.name, modeOf(entry), contentOf(entry), index + 1));
  return Buffer.concat([...parts, ...record('TRAILER!!!', 0, Buffer.alloc(0), 0)]);
}

function modeOf({ folder, link, executable }) {
  if (folder) return FOLDER | 0o755;
  if (link !== undefined) return LINK | 0o777;
  return FILE | (executable ? 0o755 : 0o644);
}

const contentOf = ({ bytes, link }) => bytes ?? Buffer.from(link ?? '');

/** Header of 110 characters, the name, the content; name and content end at multiples of four. */
function record(name, mode, content, inode) {
  const nameBytes = Buffer.from(`${name}\0`);
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, nameBytes.length, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return [header, nameBytes, padding(header.length + nameBytes.length), content, padding(content.length)];
}

const padding = (length) => Buffer.alloc((4 - (length % 4)) % 4);
