/** DTMF digits (ITU-T Q.23) and their RFC 4733 event codes, which are the places in this string. */
export const dtmfDigits = '0123456789*#ABCD';

export const rowHz: readonly number[] = [697, 770, 852, 941];
export const columnHz: readonly number[] = [1209, 1336, 1477, 1633];

const keypad = ['123A', '456B', '789C', '*0#D'];

export function digitAt(row: number, column: number): string {
  return keypad[row]?.[column] ?? '';
}

/** Row and column frequency of a digit; null = no DTMF digit. */
export function tonesOf(digit: string): readonly [number, number] | null {
  const row = keypad.findIndex((keys) => digit.length === 1 && keys.includes(digit));
  const low = rowHz[row];
  const high = columnHz[keypad[row]?.indexOf(digit) ?? -1];
  return low === undefined || high === undefined ? null : [low, high];
}
