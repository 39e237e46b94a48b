import type { CallerId } from '../../../hal/line.ts';

/** The lines of a presentation of the caller: `+VCID=1` formatted, `+VCID=2` as the octets of its message (MDMF) in hexadecimal. */
export function callerIdText(how: string, { number, name, absent }: CallerId, gap: string, at: Date): string[] {
  const two = (value: number): string => `${value}`.padStart(2, '0');
  const [date, time] = [two(at.getUTCMonth() + 1) + two(at.getUTCDate()), two(at.getUTCHours()) + two(at.getUTCMinutes())];
  const why = absent === 'private' ? 'P' : 'O';
  if (how === '2') return [`MESG${gap}${message([[1, date + time], [absent === null ? 2 : 4, absent === null ? number : why], ...(name === '' ? [] : [[7, name] as const])])}`];
  if (how !== '1') return [];
  const lines = [['DATE', date], ['TIME', time], ['NMBR', absent === null ? number : why], ...(name === '' ? [] : [['NAME', name]])];
  return lines.map(([tag = '', value = '']) => tag + gap + value);
}

function message(parameters: readonly (readonly [number, string])[]): string {
  const body = Buffer.concat(parameters.map(([type, value]) => Buffer.concat([Buffer.of(type, value.length), Buffer.from(value, 'latin1')])));
  const whole = Buffer.concat([Buffer.of(0x80, body.length), body]);
  const sum = whole.reduce((total, byte) => total + byte, 0);
  return Buffer.concat([whole, Buffer.of(-sum & 0xff)]).toString('hex').toUpperCase();
}
