import type { CallerId } from '../../line.ts';

/**
 * What a modem tells of the caller between the rings: lines `NMBR = 5551234`, with or without the blanks, DATE and TIME before,
 * NAME after or before, by vendor. Pure: a line into what is known so far.
 */
export interface CallerIdBlock {
  readonly number: string | null;
  readonly name: string | null;
}

export const emptyBlock: CallerIdBlock = { number: null, name: null };

/** null: the line is not of such a block. */
export function blockWith(block: CallerIdBlock, line: string): CallerIdBlock | null {
  const [, key = '', value = ''] = /^(DATE|TIME|NMBR|NAME|MESG|CIDM)\s*=\s*(.*)$/i.exec(line) ?? [];
  switch (key.toUpperCase()) {
    case '':
      return null;
    case 'NMBR':
      return { ...block, number: value.trim() };
    case 'NAME':
      return { ...block, name: value.trim() };
    case 'MESG':
    case 'CIDM':
      return { ...block, ...rawMessage(value) };
    default:
      return block;
  }
}

/** Nothing more is to come that we would wait for. */
export const isWhole = ({ number, name }: CallerIdBlock): boolean => number !== null && name !== null;

/** null: neither number nor name came. */
export function callerIdOf({ number, name }: CallerIdBlock): CallerId | null {
  if (number === null && name === null) return null;
  const absent = number === null || number === '' ? 'out-of-area' : absence(number);
  return { number: absent === null ? (number ?? '') : '', name: absence(name ?? '') === null ? (name ?? '') : '', absent };
}

function absence(value: string): CallerId['absent'] {
  if (/^(P|PRIVATE|ANONYMOUS|WITHHELD)$/i.test(value)) return 'private';
  return /^(O|OUT[- ]OF[- ]AREA|UNKNOWN|UNAVAILABLE)$/i.test(value) ? 'out-of-area' : null;
}

const multiple = 0x80;
const single = 0x04;
/** Parameters of the multiple data message format, GR-30-CORE and ETS 300 659-1 clause 5.4. */
const parameter = { number: 0x02, numberAbsent: 0x04, name: 0x07, nameAbsent: 0x08 } as const;

/** The message as the exchange sent it, in hexadecimal (`+VCID=2`). What is cut short or has a wrong sum says nothing. */
function rawMessage(hexadecimal: string): Partial<CallerIdBlock> {
  const digits = hexadecimal.replace(/\s/g, '');
  if (!/^([0-9A-F]{2})+$/i.test(digits)) return {};
  const bytes = (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  const [type, length = 0, ...rest] = bytes;
  const body = rest.slice(0, length);
  if (body.length < length || (rest.length > length && bytes.slice(0, length + 3).reduce((sum, byte) => sum + byte, 0) % 256 !== 0)) return {};
  if (type === single) return { number: text(body.slice(8)) };
  return type === multiple ? parametersOf(body) : {};
}

function parametersOf(body: readonly number[]): Partial<CallerIdBlock> {
  let found: Partial<CallerIdBlock> = {};
  for (let at = 0; at + 1 < body.length; at += 2 + (body[at + 1] ?? 0)) {
    const value = text(body.slice(at + 2, at + 2 + (body[at + 1] ?? 0)));
    if (body[at] === parameter.number || body[at] === parameter.numberAbsent) found = { ...found, number: value };
    if (body[at] === parameter.name || body[at] === parameter.nameAbsent) found = { ...found, name: value };
  }
  return found;
}

/** Printable characters alone: what comes over a wire may hold anything. */
const text = (bytes: readonly number[]): string => String.fromCharCode(...bytes.filter((byte) => byte >= 0x20 && byte < 0x7f)).trim();
