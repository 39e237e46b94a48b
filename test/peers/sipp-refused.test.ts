// Who is not served: strangers hear nothing, and a caller beyond the last port is told to try again.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasMessage, leave, leavesNoCalls, wentWell } from '../support/peers/leave-calls.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { onlyOnce, testInTurn } from '../support/peers/side-by-side.ts';
import { sipp } from '../support/peers/sipp.ts';
import { field, received } from '../support/peers/sipp-messages.ts';
import { command, requires, root } from '../support/skip.ts';

const missing = requires(command('sipp', 'sip-tester'), root);
const unit = onlyOnce(() => RunningUnit.start({ ports: 1 }));

testInTurn(missing, {
  'a stranger hears nothing, and each of its packets is counted': async () => {
    const before = await (await unit()).counter('from strangers, dropped');
    const end = await sipp({ scenario: 'unanswered', to: (await unit()).sipPort, address: '127.0.0.2' });
    const sent = end.messages.filter((message) => message.sent).length;
    assert.ok(sent >= 3, `${sent} tries`);
    assert.is(end.messages.length, sent, 'nothing came back');
    assert.is(await (await unit()).counter('from strangers, dropped'), before + sent);
    assert.equal(await (await unit()).messages(), []);
  },
  'a stranger over TCP hears nothing either': async () => {
    const end = await sipp({ scenario: 'unanswered', to: (await unit()).sipPort, address: '127.0.0.2', transport: 'tcp' });
    assert.equal(received(end.messages, 'SIP/2.0'), []);
    assert.equal(await (await unit()).messages(), []);
  },
  'all ports busy: 503 with Retry-After, and the next call is served': async () => {
    const first = leave(await unit(), { mailbox: '201' });
    await sleep(1500);
    const second = await sipp({ scenario: 'refused', to: (await unit()).sipPort, values: { number: '202', status: 503 } });
    wentWell(second);
    assert.match(field(received(second.messages, 'SIP/2.0 503')[0], 'Retry-After'), /^\d+$/);
    wentWell(await first);
    await hasMessage(await unit(), '201');
    wentWell(await leave(await unit(), { mailbox: '203' }));
    await hasMessage(await unit(), '203');
    assert.equal(await (await unit()).messages('202'), []);
  },
  'nothing is left of the calls, and the unit stops in time': async () => {
    await leavesNoCalls(await unit());
    await (await unit()).mustStop();
  },
});
test.after(endPrograms);
test.run();
