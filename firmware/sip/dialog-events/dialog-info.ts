/** RFC 4235 section 4: what a notification says of somebody's dialogs. */
export interface DialogInfo {
  readonly version: number;
  /** full: these are all; partial: the others are as before. */
  readonly state: 'full' | 'partial';
  readonly dialogs: readonly DialogEntry[];
}

export interface DialogEntry {
  readonly id: string;
  readonly state: DialogEntryState;
  /** Who called: the phone itself ('initiator'), or somebody else. */
  readonly direction: 'initiator' | 'recipient' | null;
}

export const dialogEntryStates = ['trying', 'proceeding', 'early', 'confirmed', 'terminated'] as const;
export type DialogEntryState = (typeof dialogEntryStates)[number];

export const dialogInfoType = 'application/dialog-info+xml';

/** Of a document, and dialogs in it; what has more is refused whole. */
const mostBytes = 64 * 1024;
const mostDialogs = 64;
const mostTags = 4000;
/** Comments, instructions and the like. */
const mostAsides = 200;

/** A tag, or what may stand between tags and is not one: comment, CDATA, instruction. */
const token = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(\/?)([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>/g;

interface Reading {
  head: { readonly version: number; readonly state: DialogInfo['state'] } | null;
  readonly dialogs: DialogEntry[];
  dialog: { readonly id: string; readonly direction: DialogEntry['direction'] } | null;
  /** Text begins here: that of `state` within a dialog. */
  from: number | null;
  depth: number;
}

/**
 * The few elements of the format, without their namespaces' prefixes; all others are passed over. null: it is none, is cut off, is too large,
 * or has a document type (which may define what any text means).
 */
export function parseDialogInfo(bytes: Uint8Array): DialogInfo | null {
  if (bytes.length > mostBytes) return null;
  const text = Buffer.from(bytes).toString('utf8');
  // What opens and does not close is looked for up to the end, each time anew.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text) || text.split(/<[!?]/, mostAsides + 2).length > mostAsides + 1) return null;
  const reading: Reading = { head: null, dialogs: [], dialog: null, from: null, depth: 0 };
  let tags = 0;
  for (const match of text.matchAll(token)) {
    if (match[3] === undefined) continue;
    tags += 1;
    if (tags > mostTags || !take(reading, match, text)) return null;
  }
  return reading.head === null || reading.depth !== 0 ? null : { ...reading.head, dialogs: reading.dialogs };
}

/** false = this is no such document. */
function take(reading: Reading, match: RegExpExecArray, text: string): boolean {
  const [whole, slash, , name, rest = ''] = match as unknown as [string, string, string | undefined, string, string];
  const empty = rest.trimEnd().endsWith('/');
  if (slash === '/') return close(reading, name, text.slice(reading.from ?? match.index, match.index));
  if (reading.head === null) return name === 'dialog-info' && open(reading, attributes(rest), empty);
  if (reading.depth === 0) return false;
  if (!empty) reading.depth += 1;
  if (name === 'dialog' && reading.depth === 2 && !empty) return begin(reading, attributes(rest));
  if (name === 'state' && reading.dialog !== null && !empty && reading.depth === 3) reading.from = match.index + whole.length;
  return true;
}

function open(reading: Reading, { version = '', state = '' }: Readonly<Record<string, string>>, empty: boolean): boolean {
  if (!/^\d{1,10}$/.test(version) || (state !== 'full' && state !== 'partial')) return false;
  reading.head = { version: Number(version), state };
  reading.depth = empty ? 0 : 1;
  return true;
}

function begin(reading: Reading, { id = '', direction }: Readonly<Record<string, string>>): boolean {
  if (id === '' || id.length > 256 || reading.dialogs.length >= mostDialogs) return false;
  reading.dialog = { id, direction: direction === 'initiator' || direction === 'recipient' ? direction : null };
  return true;
}

function close(reading: Reading, name: string, content: string): boolean {
  reading.depth -= 1;
  if (reading.depth < 0) return false;
  if (name === 'state' && reading.from !== null && reading.dialog !== null) {
    const state = dialogEntryStates.find((one) => one === content.trim().toLowerCase());
    reading.from = null;
    if (state === undefined) return false;
    reading.dialogs.push({ ...reading.dialog, state });
  }
  if (name === 'dialog' && reading.depth === 1) reading.dialog = null;
  return true;
}

/** At most 32; values as they are written, for those that matter have no entities. */
function attributes(text: string): Record<string, string> {
  const found = [...text.matchAll(/(?:^|\s)([A-Za-z_][\w.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].slice(0, 32);
  return Object.fromEntries(found.map(([, name = '', double, single]) => [name, double ?? single ?? '']));
}
