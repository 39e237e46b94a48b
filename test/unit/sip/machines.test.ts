import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clientInvite } from '../../../firmware/sip/transaction/client-invite.ts';
import { clientNonInvite } from '../../../firmware/sip/transaction/client-non-invite.ts';
import type { Input, Machine, State } from '../../../firmware/sip/transaction/machine.ts';
import { standardTimers, step } from '../../../firmware/sip/transaction/machine.ts';
import { serverInvite } from '../../../firmware/sip/transaction/server-invite.ts';
import { serverNonInvite } from '../../../firmware/sip/transaction/server-non-invite.ts';

const states: State[] = ['calling', 'trying', 'proceeding', 'accepted', 'completed', 'confirmed', 'terminated'];
const inputs: Input[] = ['start', 'provisional', 'success', 'failure', 'request', 'ack', 'retransmit', 'timeout', 'linger'];

/** The figures of RFC 3261 (5 to 8) and RFC 6026 as words: state, input, next state, what is done. Every other pair changes nothing. */
const figures: Record<string, { machine: Machine; rows: string[] }> = {
  'INVITE client (figure 5)': {
    machine: clientInvite,
    rows: [
      'calling start calling: send start-retransmit start-timeout',
      'calling retransmit calling: send',
      'calling timeout terminated: fail',
      'calling provisional proceeding: stop-retransmit stop-timeout pass',
      'calling success accepted: stop-retransmit stop-timeout pass start-linger',
      'calling failure completed: stop-retransmit stop-timeout acknowledge pass start-linger',
      'proceeding provisional proceeding: pass',
      'proceeding success accepted: pass start-linger',
      'proceeding failure completed: acknowledge pass start-linger',
      'accepted success accepted: pass',
      'accepted linger terminated:',
      'completed failure completed: acknowledge',
      'completed linger terminated:',
    ],
  },
  'non-INVITE client (figure 6)': {
    machine: clientNonInvite,
    rows: [
      'trying start trying: send start-retransmit start-timeout',
      'trying retransmit trying: send',
      'trying timeout terminated: fail',
      'trying provisional proceeding: pass',
      'trying success completed: stop-retransmit stop-timeout pass start-linger',
      'trying failure completed: stop-retransmit stop-timeout pass start-linger',
      'proceeding retransmit proceeding: send',
      'proceeding timeout terminated: fail',
      'proceeding provisional proceeding: pass',
      'proceeding success completed: stop-retransmit stop-timeout pass start-linger',
      'proceeding failure completed: stop-retransmit stop-timeout pass start-linger',
      'completed linger terminated:',
    ],
  },
  'INVITE server (figure 7)': {
    machine: serverInvite,
    rows: [
      'proceeding request proceeding: send',
      'proceeding provisional proceeding: send',
      'proceeding success accepted: send start-linger',
      'proceeding failure completed: send start-retransmit start-timeout',
      'accepted success accepted: send',
      'accepted linger terminated:',
      'completed request completed: send',
      'completed retransmit completed: send',
      'completed timeout terminated: fail',
      'completed ack confirmed: stop-retransmit stop-timeout start-linger',
      'confirmed linger terminated:',
    ],
  },
  'non-INVITE server (figure 8)': {
    machine: serverNonInvite,
    rows: [
      'trying provisional proceeding: send',
      'trying success completed: send start-linger',
      'trying failure completed: send start-linger',
      'proceeding request proceeding: send',
      'proceeding provisional proceeding: send',
      'proceeding success completed: send start-linger',
      'proceeding failure completed: send start-linger',
      'completed request completed: send',
      'completed linger terminated:',
    ],
  },
};

for (const [name, { machine, rows }] of Object.entries(figures)) {
  test(`${name}: every state with every input`, () => {
    const found: string[] = [];
    for (const state of states) {
      for (const input of inputs) {
        const { to, effects } = step(machine, state, input);
        if (to !== state || effects.length > 0) found.push(`${state} ${input} ${to}: ${effects.join(' ')}`.trim());
      }
    }
    assert.equal(found.sort(), [...rows].sort());
  });
}

test('lingering times are those of table 4', () => {
  const ms = (machine: Machine, state: State, reliable: boolean): number => machine.lingerMs(state, reliable, standardTimers);
  assert.is(ms(clientInvite, 'completed', false), 32_000, 'D');
  assert.is(ms(clientInvite, 'completed', true), 0, 'D on TCP');
  assert.is(ms(clientInvite, 'accepted', true), 32_000, 'M');
  assert.is(ms(clientNonInvite, 'completed', false), 5000, 'K');
  assert.is(ms(clientNonInvite, 'completed', true), 0, 'K on TCP');
  assert.is(ms(serverInvite, 'confirmed', false), 5000, 'I');
  assert.is(ms(serverInvite, 'confirmed', true), 0, 'I on TCP');
  assert.is(ms(serverInvite, 'accepted', true), 32_000, 'L');
  assert.is(ms(serverNonInvite, 'completed', false), 32_000, 'J');
  assert.is(ms(serverNonInvite, 'completed', true), 0, 'J on TCP');
});

test.run();
