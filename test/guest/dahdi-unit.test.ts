// The whole product on DAHDI's own kernel code: a caller on the trunk line leaves a message, the telephone collects it, and a SIP caller
// reaches the telephone. The unit is the built file, in the guest, as a process of its own.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dahdiGuest, endGuests, runInGuest } from '../support/dahdi-guest/dahdi-guest.ts';
import type { GuestRun } from '../support/dahdi-guest/guest-run.ts';
import { figure } from '../support/figure.ts';
import { builtUnit } from '../support/peers/built-unit.ts';
import { command, testWith } from '../support/skip.ts';

const needs = [...dahdiGuest, command('sipp', 'sip-tester')];
let booted: Promise<GuestRun> | null = null;
const guest = (): Promise<GuestRun> => (booted ??= runInGuest({
  child: 'test/guest/dahdi-unit.child.ts', spans: { pairs: 1, first: 'fxoks', both: 1, zones: ['us'] }, environment: { UNDERSTUDY_BUILT_UNIT: builtUnit() }, limitS: 560,
}));

/** The unit's log is the first thing to look at when a step went wrong. */
const log = async (): Promise<string> => (await guest()).value<string[]>('log').join('\n');

testWith(needs, 'the unit starts in the guest and opens both of its lines', async () => {
  const lines = (await guest()).value<string>('start');
  assert.match(lines, /trunk-1 .*idle/);
  assert.match(lines, /phone-1 .*idle/);
});

testWith(needs, 'a caller on the trunk line leaves a message, with the number that came between the rings', async () => {
  const { messages, share } = (await guest()).value<{ messages: { callerNumber: string; callerName: string; state: string; interrupted: boolean }[]; share: number }>('leave');
  assert.is(messages.length, 1);
  assert.is(messages[0]?.callerNumber, '5551234', await log());
  assert.is(messages[0]?.callerName, 'ADA');
  assert.is(messages[0]?.state, 'new');
  figure(`of what was said on the trunk line ${(share * 100).toFixed(1)} % is in the message, sample for sample`);
  assert.ok(share > 0.95, `${share}\n${await log()}`);
});

testWith(needs, 'the telephone collects it', async () => {
  const { share, dialTone } = (await guest()).value<{ share: number; dialTone: number }>('collect');
  assert.ok(dialTone > 500, `a dial tone of ${dialTone}\n${await log()}`);
  figure(`of the message ${(share * 100).toFixed(1)} % is heard at the telephone, sample for sample`);
  assert.ok(share > 0.95, `${share}\n${await log()}`);
});

testWith(needs, 'a SIP caller reaches the telephone', async () => {
  const { code, errors, share } = (await guest()).value<{ code: number; errors: string; share: number }>('sip-to-telephone');
  assert.is(code, 0, errors);
  figure(`of what the SIP caller said ${(share * 100).toFixed(1)} % is heard at the telephone, sample for sample`);
  assert.ok(share > 0.8, `${share}`);
});

testWith(needs, 'the unit ends as it should', async () => {
  const run = await guest();
  assert.is(run.value('stop'), 0);
  run.mustHaveEnded();
  figure(`from power-on to power-off ${(run.tookMs / 1000).toFixed(0)} s`);
});

test.after(endGuests);
test.run();
