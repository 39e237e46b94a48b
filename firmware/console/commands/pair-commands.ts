import type { JoinResult, PairingStatus } from '../../failover/pairing/pairing.ts';
import { addressArgument, codeArgument } from '../argument-kinds.ts';
import { command } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import type { PairConsole } from '../parts/pair-console.ts';
import { formatDuration, formatTime } from '../format.ts';
import { plainText } from '../plain-text.ts';
import { pairs } from '../table.ts';

/** What makes two units a pair and ends it. */
export const pairCommands: readonly Command[] = [
  command({ form: 'show pair', help: 'partner, keys, and whether a code is shown', run: withPair(showPair) }),
  command({ form: 'pair code', help: 'show a code to be typed on the other unit', changes: true, run: withPair(showCode) }),
  command({
    form: 'pair with ADDRESS CODE',
    help: 'become the partner of the unit that shows the code',
    arguments: [addressArgument, codeArgument],
    changes: true,
    run: withPair(join),
  }),
  command({ form: 'pair forget', help: 'forget the partner and wipe its keys', changes: true, run: withPair(forget) }),
];

export const standsAlone = 'this unit stands alone: there is no pair section in its configuration';

function withPair(run: (pair: PairConsole, invocation: Invocation) => Promise<void> | void) {
  return (invocation: Invocation): Promise<void> | void => {
    const { pair } = invocation.unit;
    return pair === null ? invocation.print(standsAlone) : run(pair, invocation);
  };
}

function showPair(pair: PairConsole, { unit, print }: Invocation): void {
  const status = pair.status();
  pairs([...partnerRows(status, unit.clock().timeZone), ...codeRows(status), ['this unit', status.fingerprint]]).forEach(print);
  if (status.partner?.confirmed === false) print('The partner has not shown yet that it holds this pairing. If it does not, pair the two again.');
}

function partnerRows({ partner }: PairingStatus, timeZone: string): (readonly [string, string])[] {
  if (partner === null) return [['partner', 'none: pair code on one unit, pair with on the other']];
  const { name, fingerprint, pairedAtMs, confirmed, ring, rotatedAtMs } = partner;
  return [
    ['partner', plainText(name)],
    ['its certificate', fingerprint],
    ['paired', `${formatTime(pairedAtMs, timeZone)}${confirmed ? '' : ', not confirmed'}`],
    ['heartbeat key', `${ring.current.id}, made ${formatTime(rotatedAtMs, timeZone)}${ring.previous === null && ring.next === null ? '' : ', being renewed'}`],
  ];
}

function codeRows({ code, wrongCodes, garbage }: PairingStatus): (readonly [string, string])[] {
  const shown = code === null ? 'none' : `good for ${formatDuration(code.validForMs)}, ${code.triesLeft} tries`;
  return [['code shown', shown], ['wrong codes', String(wrongCodes)], ['strange connections', String(garbage)]];
}

async function showCode(pair: PairConsole, { print }: Invocation): Promise<void> {
  const { partner } = pair.status();
  const { code, validMs } = await pair.showCode();
  print(`code ${code}`);
  print(`It is good for ${validMs / 60_000} minutes and one pairing, and is not shown again. On the other unit: pair with ADDRESS ${code}`);
  if (partner !== null) print(`Whoever joins takes the place of ${plainText(partner.name)}.`);
}

async function join(pair: PairConsole, { given, print, signal }: Invocation): Promise<void> {
  const address = given['ADDRESS'] as string;
  const result = await pair.join(address, given['CODE'] as string, signal);
  if (!result.ok) return print(`not paired: ${joinRefusal(result, address)}`);
  print(`paired with ${plainText(result.partner.name)}`);
  print(`its certificate: ${result.partner.fingerprint}`);
}

type Refused = Extract<JoinResult, { ok: false }>;

const refusals: Readonly<Record<Refused['why'], string>> = {
  'wrong-code': 'the other unit says that the code is wrong; after three wrong ones it needs a new code',
  'impostor': 'who answers there does not know the code; somebody may stand between the two units',
  'self': 'that is this unit',
  'busy': 'one of the two is pairing already; give the command on one unit only',
  'version': 'the other unit has a version of the firmware that pairs in another way',
  'garbage': 'what answers there is no unit that pairs',
  'lost': 'the other unit stopped answering; look at show pair on both, and try again with a new code',
  'failed': 'one of the two could not store the pair; its log says why',
  'unconfirmed': 'the other unit did not confirm',
  'not-a-code': 'that is not a code',
  'unreachable': 'nobody shows a code there',
};

/** Why joining came to nothing; for a site too. */
export function joinRefusal({ why, detail }: Refused, address: string): string {
  const more = detail === '' ? '' : ` (${plainText(detail)})`;
  return why === 'unreachable' ? `nobody shows a code at ${address}${more}` : `${refusals[why]}${more}`;
}

async function forget(pair: PairConsole, { print }: Invocation): Promise<void> {
  const { partner } = pair.status();
  const had = await pair.forget();
  if (!had || partner === null) return print('there was no partner');
  print(`${plainText(partner.name)} is forgotten and its keys are wiped; give pair forget there too`);
}
