import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { roleStep, startingState, timersOf } from '../../../firmware/failover/role-machine.ts';
import { noPartner, serves, type PartnerView, type Role, type RoleInput, type RoleState } from '../../../firmware/failover/role.ts';

const view = (over: Partial<PartnerView> = {}): PartnerView => ({ ...noPartner, life: 'alive', able: true, sees: true, epoch: 4, ...over });
const partner = (over: Partial<PartnerView> = {}): RoleInput => ({ type: 'partner', partner: view(over) });

/** Each role as it usually is: the partner well, this unit able, a reference there, epoch 4 or 5 in use. */
const usual: Record<Role, RoleState> = (() => {
  const primary = { ...startingState({ rank: 'primary', failback: 'graceful' }, 4), able: true, reference: true, steady: true };
  const backup = { ...startingState({ rank: 'backup', failback: 'graceful' }, 3), able: true, reference: true, steady: true };
  return {
    standalone: startingState(null, 0),
    starting: { ...backup },
    'primary-active': { ...primary, role: 'primary-active', partner: view({ epoch: 3 }) },
    'backup-standby': { ...backup, role: 'backup-standby', seen: 4, partner: view({ serving: true }) },
    'backup-active': { ...backup, role: 'backup-active', epoch: 5, seen: 5, partner: view({ life: 'dead' }) },
    failback: { ...primary, role: 'failback', seen: 5, partner: view({ serving: true, epoch: 5 }) },
    isolated: { ...backup, role: 'isolated', reference: false, steady: false, seen: 4, partner: view({ life: 'dead', serving: true }) },
  } satisfies Record<Role, RoleState>;
})();

const inputs: Record<string, RoleInput> = {
  'partner serves, higher': partner({ serving: true, epoch: 8 }),
  'partner serves, lower': partner({ serving: true, epoch: 2 }),
  'partner idle': partner({ epoch: 2 }),
  'partner suspect': partner({ life: 'suspect', serving: true, epoch: 2 }),
  'partner dead': partner({ life: 'dead', serving: true }),
  'partner refused': partner({ life: 'refused', serving: true }),
  'partner goodbye': partner({ life: 'goodbye' }),
  'partner unable': partner({ serving: true, able: false, epoch: 2 }),
  'partner blind': partner({ serving: true, sees: false, epoch: 2 }),
  'partner unable, higher': partner({ serving: true, able: false, epoch: 8 }),
  'partner offers': partner({ serving: true, epoch: 4, grant: 9 }),
  'partner asks': partner({ epoch: 2, asks: true }),
  'partner waits': partner({ epoch: 2, waiting: true }),
  'same rank, serves': partner({ serving: true, epoch: 2, disagreement: 'same-rank' }),
  'same rank, idle, senior': partner({ epoch: 2, disagreement: 'same-rank', senior: true }),
  'reference comes': { type: 'reference', visible: true, steady: true },
  'reference goes': { type: 'reference', visible: false, steady: false },
  'unable': { type: 'able', able: false },
  'able': { type: 'able', able: true },
  'calls': { type: 'calls', calls: 3 },
  'persisted': { type: 'persisted', epoch: 9 },
  'persist-failed': { type: 'persist-failed', epoch: 9 },
  'listen over': { type: 'timer', timer: 'listen' },
  'persist over': { type: 'timer', timer: 'persist' },
  'offer over': { type: 'timer', timer: 'offer' },
  'ask over': { type: 'timer', timer: 'ask' },
  'settle over': { type: 'timer', timer: 'settle' },
  'insist over': { type: 'timer', timer: 'insist' },
  'failover': { type: 'failover' },
  'failback': { type: 'failback' },
};

/** Where the input leads: the role, or the epoch that is made durable on the way to serving ('claims 5'), an offer, a wait, an answer. */
function outcome(before: RoleState, input: RoleInput): string {
  const { state, answer } = roleStep(before, input);
  const parts = [
    ...(state.role === before.role ? [] : [state.role]),
    ...(state.claim === before.claim || state.claim === 0 ? [] : [`claims ${state.claim}`]),
    ...(state.offer === before.offer || state.offer === 0 ? [] : [`offers ${state.offer}`]),
    ...(state.returned === before.returned ? [] : [state.returned]),
    ...(state.asking && !before.asking ? ['asks'] : []),
    ...(answer === null ? [] : [answer.ok ? 'yes' : 'no']),
  ];
  return parts.join(', ');
}

/** What is not listed changes nothing. */
const expected: Record<Role, Record<string, string>> = {
  standalone: { failover: 'no', failback: 'no' },
  starting: {
    'partner serves, higher': 'backup-standby',
    'partner serves, lower': 'backup-standby',
    'partner idle': 'backup-standby',
    'partner suspect': 'backup-standby',
    'partner dead': 'claims 5',
    'partner refused': 'claims 5',
    'partner goodbye': 'claims 5',
    'partner unable': 'backup-standby, claims 5',
    'partner blind': 'backup-standby, claims 5',
    'partner unable, higher': 'backup-standby, claims 9',
    'partner offers': 'backup-standby, claims 9',
    'partner asks': 'backup-standby',
    'partner waits': 'backup-standby',
    'same rank, serves': 'backup-standby',
    'same rank, idle, senior': 'backup-standby',
    'listen over': 'claims 5',
    failover: 'no',
    failback: 'no',
  },
  'primary-active': {
    'partner serves, higher': 'failback',
    'partner unable, higher': 'claims 10',
    'partner asks': 'offers 5',
    failover: 'offers 5, yes',
    failback: 'no',
  },
  'backup-standby': {
    'partner dead': 'claims 5',
    'partner refused': 'claims 5',
    'partner goodbye': 'claims 5',
    'partner unable': 'claims 5',
    'partner blind': 'claims 5',
    'partner unable, higher': 'claims 9',
    'partner offers': 'claims 9',
    failover: 'asks, yes',
    failback: 'no',
  },
  'backup-active': {
    'partner serves, higher': 'backup-standby',
    'partner unable, higher': 'claims 9',
    'partner asks': 'offers 6',
    'partner waits': 'settling',
    failover: 'no',
    failback: 'no',
  },
  failback: {
    'partner idle': 'claims 6',
    'partner dead': 'claims 6',
    'partner refused': 'claims 6',
    'partner goodbye': 'claims 6',
    'partner unable': 'claims 6',
    'partner blind': 'claims 6',
    'partner unable, higher': 'claims 10',
    'partner offers': 'claims 9',
    'partner asks': 'claims 6',
    'partner waits': 'claims 6',
    failover: 'no',
    failback: 'asks, yes',
  },
  isolated: {
    'partner serves, higher': 'backup-standby',
    'partner serves, lower': 'backup-standby',
    'partner idle': 'backup-standby',
    'partner suspect': 'backup-standby',
    'partner unable': 'backup-standby',
    'partner blind': 'backup-standby',
    'partner unable, higher': 'backup-standby',
    'partner offers': 'backup-standby, claims 9',
    'partner asks': 'backup-standby',
    'partner waits': 'backup-standby',
    'same rank, serves': 'backup-standby',
    'same rank, idle, senior': 'backup-standby',
    'reference comes': 'claims 5',
    failover: 'no',
    failback: 'no',
  },
};

test('every role with every input', () => {
  for (const role of Object.keys(usual) as Role[]) {
    for (const [name, input] of Object.entries(inputs)) {
      assert.is(outcome(usual[role], input), expected[role][name] ?? '', `${role}: ${name}`);
    }
    for (const name of Object.keys(expected[role])) assert.ok(name in inputs, `${role}: ${name} is no input`);
  }
});

/** All that can be known at once, coarsely: 6 lives, what a beat says, what this unit sees of itself. */
function* states(): Generator<RoleState> {
  const flags = [false, true];
  for (const role of Object.keys(usual) as Role[]) {
    for (const life of ['unheard', 'alive', 'suspect', 'dead', 'refused', 'goodbye'] as const) {
      for (const disagreement of [null, 'same-rank', 'other-beat'] as const) {
        for (const epoch of [2, 7]) {
          for (let bits = 0; bits < 512; bits++) {
            const [serving, able, sees, waiting, asks, grant, mine, reference, listened] = Array.from({ length: 9 }, (_, at) => flags[(bits >> at) & 1]) as boolean[];
            const seen: PartnerView = { ...view({ life, disagreement, epoch }), serving, able, sees, waiting, asks, grant: grant ? 9 : 0, senior: epoch === 7 } as PartnerView;
            yield { ...usual[role], partner: seen, seen: Math.max(usual[role].seen, epoch), able: mine as boolean, reference: reference as boolean, steady: reference as boolean, listened: listened as boolean };
          }
        }
      }
    }
  }
}

test('whatever is known: service is given up for a serving partner only, and taken with a cleared epoch only', () => {
  let steps = 0;
  for (const before of states()) {
    for (const input of [{ type: 'partner', partner: before.partner }, { type: 'persisted', epoch: before.claim }, { type: 'timer', timer: 'settle' }] as RoleInput[]) {
      const { state, changes, effects } = roleStep(before, input);
      steps++;
      if (serves(before.role) && !serves(state.role)) assert.ok(before.partner.serving && (before.partner.life === 'alive' || before.partner.life === 'suspect'));
      if (!serves(before.role) && serves(state.role)) assert.is(state.cleared, state.epoch);
      for (const { cause, to, epoch } of changes) {
        assert.ok(cause.length > 0);
        if (serves(to)) assert.is(epoch % 2 === 0, to === 'primary-active' || (to as Role) === 'standalone');
      }
      if (state.role === 'isolated' || state.role === 'starting') assert.not.ok(effects.some(({ type }) => type === 'serve'));
      assert.ok(state.epoch >= before.epoch && state.seen >= before.seen);
      timersOf(state);
    }
  }
  assert.ok(steps > 300_000, `${steps}`);
});

test('a started unit: the primary serves without a reference, the backup does not, neither before it has listened', () => {
  for (const rank of ['primary', 'backup'] as const) {
    for (const reference of [false, true]) {
      const start = { ...startingState({ rank, failback: 'graceful' }, 0), able: true, reference };
      assert.is(roleStep(start, { type: 'calls', calls: 0 }).state.claim, 0);
      const { state } = roleStep(start, { type: 'timer', timer: 'listen' });
      assert.equal([state.role, state.claim], rank === 'primary' ? ['starting', 2] : reference ? ['starting', 1] : ['isolated', 0]);
    }
  }
});

test('a partner that sees no reference is not taken over from at the moment when references come back', () => {
  const { state } = roleStep({ ...usual['backup-standby'], reference: true, steady: false }, partner({ serving: true, sees: false }));
  assert.is(state.claim, 0);
  assert.is(roleStep(state, { type: 'reference', visible: true, steady: true }).state.claim, 5);
});

test('a claim goes to disk first, and what it was made for is looked at again', () => {
  const dead = roleStep(usual['backup-standby'], partner({ life: 'dead', serving: true }));
  assert.equal(dead.effects, [{ type: 'persist-epoch', epoch: 5 }]);
  assert.is(timersOf(dead.state).persist, '5');
  const served = roleStep(dead.state, { type: 'persisted', epoch: 5 });
  assert.equal(served.effects, [{ type: 'serve' }]);
  assert.equal(served.changes, [{ from: 'backup-standby', to: 'backup-active', epoch: 5, cause: 'the partner fell silent on all paths' }]);
  const heard = roleStep(dead.state, partner({ serving: true }));
  assert.is(heard.state.claim, 0);
  assert.is(roleStep(heard.state, { type: 'persisted', epoch: 5 }).state.role, 'backup-standby');
});

test('an epoch that cannot be made durable: a takeover goes on with an alarm, an offer is declined once', () => {
  const dead = roleStep(usual['backup-standby'], partner({ life: 'dead' })).state;
  for (const input of [{ type: 'persist-failed', epoch: 5 }, { type: 'timer', timer: 'persist' }] as RoleInput[]) {
    assert.equal(roleStep(dead, input).effects, [{ type: 'alarm-not-durable', epoch: 5 }, { type: 'serve' }]);
  }
  const offered = roleStep(usual['backup-standby'], partner({ serving: true, grant: 5 })).state;
  const declined = roleStep(offered, { type: 'persist-failed', epoch: 5 });
  assert.equal(declined.effects, [{ type: 'decline-offer', epoch: 5 }]);
  assert.is(declined.state.role, 'backup-standby');
  assert.equal(roleStep(declined.state, partner({ serving: true, grant: 5 })).effects, []);
});

test('graceful failback: well for a while, then without a call, then whatever calls there are', () => {
  const waits = roleStep({ ...usual['backup-active'], calls: 1 }, partner({ waiting: true })).state;
  assert.is(waits.returned, 'settling');
  const settled = roleStep(waits, { type: 'timer', timer: 'settle' }).state;
  assert.equal([settled.returned, settled.offer], ['settled', 0]);
  assert.is(roleStep(settled, { type: 'calls', calls: 0 }).state.offer, 6);
  assert.is(roleStep(settled, { type: 'timer', timer: 'insist' }).state.offer, 6);
  assert.is(roleStep(settled, partner({ waiting: true, able: false })).state.returned, 'no');
  const manual = roleStep({ ...usual['backup-active'], failback: 'manual' }, partner({ waiting: true })).state;
  assert.is(manual.returned, 'no');
});

test.run();
