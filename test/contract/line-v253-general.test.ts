import { test } from 'uvu';
import { decodeTable, encodeTable } from '../../hal/g711.ts';
import type { ModemRequest } from '../support/modem/open-modem.ts';
import { type ModemWorld, modemWorld, trunk } from '../support/v253-world.ts';
import { lineContract, type LineFarEnd, type LineWorld } from './line-contract.ts';
import { virtualTime } from './passing.ts';

/** The emulated modem's exchange, in the words of the contract. */
function farEnd({ exchange, cable }: ModemWorld): LineFarEnd {
  let from = 0;
  return {
    ring: (callerId) => exchange.ring(callerId === null ? {} : { callerId }),
    stopRinging: () => exchange.hangUp(),
    hangUp: () => exchange.hangUp('busy'),
    dialled: () => exchange.dialled + exchange.keys,
    isSeized: () => exchange.state !== 'idle' && exchange.state !== 'ringing',
    keys: (digits) => void exchange.press(digits),
    speak: (codes) => exchange.speak(Int16Array.from(codes, (code) => decodeTable('PCMU')[code] ?? 0)),
    listen: () => void (from = exchange.heard.length),
    heard: () => Uint8Array.from(exchange.heard.subarray(from), (sample) => encodeTable('PCMU')[sample + 32_768] ?? 0),
    unplug: () => cable.unplug('a'),
  };
}

/** Not exact: this exchange has one zero, the laws' codes have two. `line-v253.test.ts` compares sample for sample. */
async function world(modem: ModemRequest, options: Record<string, string>): Promise<LineWorld> {
  const made = await modemWorld(modem);
  return { driver: made.driver, request: trunk(options), far: farEnd(made), passing: virtualTime(made.clock), patienceMs: 8000, exact: false, end: async () => made.unplug() };
}

const can = Object.keys(farEnd(await modemWorld())) as (keyof LineFarEnd)[];

const variants: readonly [string, ModemRequest, Record<string, string>][] = [
  ['full duplex', {}, {}],
  ['half duplex', {}, { duplex: 'half' }],
  ['USR5637', { profile: 'usr5637' }, {}],
  ['CX93010 half duplex, slow', { profile: 'cx93010', faults: { replyDelayMs: 60 } }, { duplex: 'half' }],
];
for (const [name, modem, options] of variants) lineContract(`v253, ${name}`, can, () => world(modem, options));

test.run();
