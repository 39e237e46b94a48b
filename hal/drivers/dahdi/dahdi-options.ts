import { HalError } from '../../errors.ts';
import type { LineRequest } from '../../line.ts';
import type { TrunkOptions } from './trunk-machine.ts';

export interface DahdiOptions extends TrunkOptions {
  /** Trunk: how long ours is. Phone: the longest that counts as one. null: as the kernel has it (750 ms, 1250 ms). */
  readonly flashMs: number | null;
  /** null: neon if the card can. */
  readonly lamp: 'neon' | 'fsk' | 'none' | null;
  /** null: the card, if it can. */
  readonly digits: 'device' | 'audio' | null;
}

type Reader = (text: string) => Partial<DahdiOptions> | null;

const number = (key: 'openMs' | 'flashMs', least: number, most: number): Reader => (text) => (/^[0-9]{1,4}$/.test(text) && Number(text) >= least && Number(text) <= most ? { [key]: Number(text) } : null);
const word = (key: 'reversal' | 'lamp' | 'digits', words: readonly string[]): Reader => (text) => (words.includes(text) ? { [key]: text } : null);

const known: Readonly<Record<string, { readonly read: Reader; readonly form: string }>> = {
  'open-ms': { read: number('openMs', 0, 2000), form: '0 to 2000' },
  'flash-ms': { read: number('flashMs', 50, 2000), form: '50 to 2000' },
  reversal: { read: word('reversal', ['ignored', 'first', 'second']), form: 'ignored, first or second' },
  lamp: { read: word('lamp', ['neon', 'fsk', 'none']), form: 'neon, fsk or none' },
  digits: { read: word('digits', ['device', 'audio']), form: 'device or audio' },
};

/** What a request's `options` say. Errors: unsupported, naming the option. */
export function dahdiOptions({ name, options }: LineRequest): DahdiOptions {
  let read: DahdiOptions = { openMs: 60, reversal: 'second', flashMs: null, lamp: null, digits: null };
  for (const [key, text] of Object.entries(options)) {
    const option = known[key];
    if (option === undefined) throw new HalError('unsupported', `line ${name}`, `option ${key} is not known; there are: ${Object.keys(known).join(', ')}`);
    const value = option.read(text);
    if (value === null) throw new HalError('unsupported', `line ${name}`, `option ${key} is ${option.form}, not '${text}'`);
    read = { ...read, ...value };
  }
  return read;
}
