import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SessionInput, SessionState } from '../../../firmware/sip/session/session-machine.ts';
import { sessionStep } from '../../../firmware/sip/session/session-machine.ts';

const states: SessionState[] = ['offered', 'ringing', 'accepted', 'leaving', 'established', 'calling', 'alerting', 'cancelling', 'over'];
const inputs: SessionInput[] = ['ring', 'answer', 'reject', 'hang-up', 'cancelled', 'acknowledged', 'unacknowledged', 'bye', 'provisional', 'success', 'failure', 'no-answer', 'lost', 'release'];

/** Every pair that does something; all others leave everything as it is. */
const wanted = `
offered ring > ringing: send-180
offered answer > accepted: send-200
offered reject > over: send-refusal tell-ended close
offered hang-up > over: send-refusal tell-ended close
offered cancelled > over: send-487 tell-ended close
offered bye > over: send-487 tell-ended close
offered lost > over: tell-ended close
ringing answer > accepted: send-200
ringing reject > over: send-refusal tell-ended close
ringing hang-up > over: send-refusal tell-ended close
ringing cancelled > over: send-487 tell-ended close
ringing bye > over: send-487 tell-ended close
ringing lost > over: tell-ended close
accepted acknowledged > established: tell-established
accepted unacknowledged > over: send-bye tell-ended close
accepted hang-up > leaving: tell-ended
accepted bye > over: tell-ended close
accepted lost > over: tell-ended close
leaving acknowledged > over: send-bye close
leaving unacknowledged > over: send-bye close
leaving bye > over: close
leaving lost > over: close
established hang-up > over: send-bye tell-ended close
established unacknowledged > over: send-bye tell-ended close
established bye > over: tell-ended close
established lost > over: send-bye tell-ended close
established release > over: forget tell-ended close
calling hang-up > cancelling: send-cancel
calling provisional > alerting: tell-ringing
calling success > established: tell-established
calling failure > over: tell-ended close
calling no-answer > over: tell-ended close
calling lost > over: tell-ended close
alerting hang-up > cancelling: send-cancel
alerting provisional > alerting: tell-ringing
alerting success > established: tell-established
alerting failure > over: tell-ended close
alerting no-answer > over: tell-ended close
alerting bye > over: tell-ended close
alerting lost > over: tell-ended close
cancelling failure > over: tell-ended close
cancelling no-answer > over: tell-ended close
cancelling lost > over: tell-ended close
`.trim().split('\n');

test('every state with every input', () => {
  const found: string[] = [];
  for (const state of states) {
    for (const input of inputs) {
      const { to, effects } = sessionStep(state, input);
      if (to !== state || effects.length > 0) found.push(`${state} ${input} > ${to}: ${effects.join(' ')}`);
    }
  }
  assert.equal(found.sort(), [...wanted].sort());
});

test('whatever happens, the end is told exactly once and the session closed exactly once', () => {
  const walk = (state: SessionState, told: number, closed: number, depth: number): void => {
    assert.ok(told <= 1 && closed <= 1 && told >= closed, `${state}: told ${told} times, closed ${closed} times`);
    if (state === 'over') assert.equal([told, closed], [1, 1]);
    if (depth === 0 || state === 'over') return;
    for (const input of inputs) {
      const { to, effects } = sessionStep(state, input);
      if (to === state && effects.length === 0) continue;
      walk(to, told + Number(effects.includes('tell-ended')), closed + Number(effects.includes('close')), depth - 1);
    }
  };
  walk('offered', 0, 0, 6);
  walk('calling', 0, 0, 6);
});

test.run();
