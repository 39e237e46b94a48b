import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wants } from '../../../firmware/failover/role-rules.ts';
import { roleStep, startingState, timersOf } from '../../../firmware/failover/role-machine.ts';
import { noPartner, noWitness, serves, type PartnerView, type Role, type RoleInput, type RoleState } from '../../../firmware/failover/role.ts';
import type { MainPbx } from '../../../firmware/sip/watch/main-pbx.ts';

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
  'witness grants': { type: 'witness', witness: { says: 'yours', epoch: 0 } },
  'witness waits': { type: 'witness', witness: { says: 'wait', epoch: 0 } },
  'partner serves, says the witness': { type: 'witness', witness: { says: 'theirs', epoch: 8 } },
  'main PBX lost': { type: 'main', main: 'lost' },
  'confirm over': { type: 'timer', timer: 'confirm' },
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
    ...(state.misplaced === before.misplaced ? [] : [state.misplaced === 'no' ? 'well placed' : state.misplaced]),
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
    'partner serves, says the witness': 'backup-standby',
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

/** All that can be known at once, coarsely: 6 lives, what a beat says, what this unit sees of itself; and by turns what is known of the main PBX. */
function* states(): Generator<RoleState> {
  const flags = [false, true];
  const mains = ['unknown', 'heard', 'lost'] as const;
  let turn = 0;
  for (const role of Object.keys(usual) as Role[]) {
    for (const life of ['unheard', 'alive', 'suspect', 'dead', 'refused', 'goodbye'] as const) {
      for (const disagreement of [null, 'same-rank', 'other-beat'] as const) {
        for (const epoch of [2, 7]) {
          for (let bits = 0; bits < 512; bits++) {
            const [serving, able, sees, waiting, asks, grant, mine, reference, listened] = Array.from({ length: 9 }, (_, at) => flags[(bits >> at) & 1]) as boolean[];
            const [here, there, misplaced] = [mains[turn % 3], mains[Math.floor(turn / 3) % 3], (['no', 'doubted', 'sure'] as const)[Math.floor(turn++ / 9) % 3]] as [MainPbx, MainPbx, RoleState['misplaced']];
            const seen: PartnerView = { ...view({ life, disagreement, epoch }), serving, able, sees, waiting, asks, grant: grant ? 9 : 0, main: there, senior: epoch === 7 } as PartnerView;
            yield { ...usual[role], partner: seen, seen: Math.max(usual[role].seen, epoch), able: mine as boolean, reference: reference as boolean, steady: reference as boolean, listened: listened as boolean, main: here, misplaced };
          }
        }
      }
    }
  }
}

test('whatever is known: service is given up for a serving partner only, and taken with a cleared epoch only', () => {
  let [steps, forMain] = [0, 0];
  for (const before of states()) {
    for (const input of [{ type: 'partner', partner: before.partner }, { type: 'persisted', epoch: before.claim }, { type: 'timer', timer: 'settle' }, { type: 'timer', timer: 'confirm' }] as RoleInput[]) {
      const { state, changes, effects } = roleStep(before, input);
      steps++;
      if (serves(before.role) && !serves(state.role)) assert.ok(before.partner.serving && (before.partner.life === 'alive' || before.partner.life === 'suspect'));
      assert.is(state.witness, noWitness);
      if (!serves(before.role) && serves(state.role)) assert.is(state.cleared, state.epoch);
      for (const { cause, to, epoch } of changes) {
        assert.ok(cause.length > 0);
        if (serves(to)) assert.is(epoch % 2 === 0, to === 'primary-active' || (to as Role) === 'standalone');
      }
      if (state.role === 'isolated' || state.role === 'starting') assert.not.ok(effects.some(({ type }) => type === 'serve'));
      assert.ok(state.epoch >= before.epoch && state.seen >= before.seen);
      if (state.offer !== 0 && !state.partner.asks) {
        forMain++;
        assert.ok(before.misplaced !== 'no' && state.main === 'lost' && state.partner.main === 'heard' && state.partner.able && !state.partner.serving);
      }
      timersOf(state);
    }
  }
  assert.ok(steps > 300_000 && forMain >= 25, `${steps} ${forMain}`);
});

/** Each role with a partner that is not heard, and with each thing that a witness can say. */
test('a witness: what it says about a partner that fell silent decides, and of one that left or was refused only that it serves again', () => {
  const says = { nothing: noWitness, wait: { says: 'wait', epoch: 0 }, yours: { says: 'yours', epoch: 0 }, theirs: { says: 'theirs', epoch: 4 }, 'theirs anew': { says: 'theirs', epoch: 8 } } as const;
  const expectedClaims: Record<string, Record<keyof typeof says, string>> = {
    'backup-standby dead': { nothing: 'claims 5', wait: '', yours: 'claims 5', theirs: '', 'theirs anew': '' },
    'backup-standby unheard': { nothing: 'claims 5', wait: '', yours: 'claims 5', theirs: '', 'theirs anew': '' },
    'backup-standby goodbye': { nothing: 'claims 5', wait: 'claims 5', yours: 'claims 5', theirs: 'claims 5', 'theirs anew': '' },
    'backup-standby refused': { nothing: 'claims 5', wait: 'claims 5', yours: 'claims 5', theirs: 'claims 5', 'theirs anew': '' },
    'failback dead': { nothing: 'claims 6', wait: '', yours: 'claims 6', theirs: '', 'theirs anew': '' },
    'isolated dead': { nothing: 'claims 5', wait: '', yours: 'claims 5', theirs: 'backup-standby', 'theirs anew': 'backup-standby' },
    'starting unheard': { nothing: 'claims 5', wait: '', yours: 'claims 5', theirs: '', 'theirs anew': '' },
    'primary-active dead': { nothing: '', wait: '', yours: '', theirs: '', 'theirs anew': 'failback' },
    'primary-active alive': { nothing: '', wait: '', yours: '', theirs: '', 'theirs anew': '' },
    'backup-active goodbye': { nothing: '', wait: '', yours: '', theirs: '', 'theirs anew': 'backup-standby' },
  };
  for (const [name, row] of Object.entries(expectedClaims)) {
    const [role, life] = name.split(' ') as [Role, PartnerView['life']];
    for (const [word, witness] of Object.entries(says)) {
      const before = { ...usual[role], reference: true, listened: true, witness, seen: Math.max(usual[role].seen, witness.epoch) };
      assert.is(outcome(before, { type: 'partner', partner: view({ life, epoch: 4 }) }), row[word as keyof typeof says], `${name}: ${word}`);
    }
  }
});

test('a grant does not take the place of a reference, and no witness keeps a primary that starts from serving without one', () => {
  const granted = { says: 'yours', epoch: 0 } as const;
  assert.is(outcome({ ...usual['backup-standby'], reference: false, witness: granted }, partner({ life: 'dead' })), 'isolated');
  const primary = { ...startingState({ rank: 'primary', failback: 'graceful' }, 4), able: true, witness: granted };
  assert.is(wants({ ...primary, listened: true }), true);
  assert.is(outcome(primary, { type: 'timer', timer: 'listen' }), 'claims 6');
  assert.is(outcome({ ...primary, witness: { says: 'theirs', epoch: 5 } }, { type: 'timer', timer: 'listen' }), '');
  assert.is(outcome({ ...usual['isolated'], witness: { says: 'theirs', epoch: 4 } }, { type: 'reference', visible: true, steady: true }), 'backup-standby');
});

test('the epoch of which a witness tells is known from then on', () => {
  const { state } = roleStep(usual['backup-standby'], { type: 'witness', witness: { says: 'theirs', epoch: 12 } });
  assert.is(state.seen, 12);
  const freed = roleStep(state, { type: 'witness', witness: { says: 'yours', epoch: 0 } }).state;
  assert.is(roleStep(freed, partner({ life: 'dead' })).state.claim, 13);
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
  const left = roleStep(declined.state, partner({ life: 'dead', serving: true, grant: 5 })).state;
  assert.equal(roleStep(left, { type: 'persist-failed', epoch: 5 }).effects, [{ type: 'alarm-not-durable', epoch: 5 }, { type: 'serve' }], 'the partner died: its offer is none any more');
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

/** A unit that serves and a partner that is fit, each with what it knows of the main PBX. */
const knowing = (role: 'primary-active' | 'backup-active', main: MainPbx, theirs: MainPbx, over: Partial<PartnerView> = {}): RoleState => ({
  ...usual[role], main, partner: view({ epoch: 2, main: theirs, waiting: role === 'backup-active', ...over }),
});
const after = (state: RoleState, ...given: RoleInput[]): RoleState => given.reduce((before, input) => roleStep(before, input).state, state);
const confirmed: RoleInput = { type: 'timer', timer: 'confirm' };
const main = (heard: MainPbx): RoleInput => ({ type: 'main', main: heard });
const calls: RoleInput = { type: 'calls', calls: 5 };

test('the main PBX: who hears it decides whether the unit that serves offers', () => {
  const offers = (role: 'primary-active' | 'backup-active', mine: MainPbx, theirs: MainPbx): string => {
    const before = { ...knowing(role, mine, theirs), failback: 'manual' } as const;
    const doubted = roleStep(before, calls).state;
    return `${doubted.misplaced} ${roleStep(doubted, confirmed).state.offer}`;
  };
  for (const role of ['primary-active', 'backup-active'] as const) {
    for (const mine of ['unknown', 'heard', 'lost'] as const) {
      for (const theirs of ['unknown', 'heard', 'lost'] as const) {
        const only = mine === 'lost' && theirs === 'heard';
        assert.is(offers(role, mine, theirs), only ? `doubted ${role === 'primary-active' ? 5 : 6}` : 'no 0', `${role}: ${mine} here, ${theirs} there`);
      }
    }
  }
});

test('the main PBX: a partner that is not fit is offered nothing, and one that finds it lost as well in time neither', () => {
  for (const unfit of [{ able: false }, { sees: false }, { serving: true }, { disagreement: 'other-beat' }, { life: 'dead' }] as const) {
    const { misplaced, offer } = after(knowing('primary-active', 'lost', 'heard', unfit), calls, confirmed);
    assert.equal([misplaced, offer], ['no', 0], JSON.stringify(unfit));
  }
  const dead = after(knowing('primary-active', 'lost', 'heard'), calls, partner({ epoch: 2, main: 'lost' }), confirmed);
  assert.equal([dead.misplaced, dead.offer, timersOf(dead).confirm], ['no', 0, undefined]);
});

test('the main PBX: no call holds the offer up, and one that was not taken is made again after another doubt', () => {
  const offered = after(knowing('primary-active', 'lost', 'heard'), calls, confirmed);
  assert.equal([offered.role, offered.offer, timersOf(offered).confirm], ['primary-active', 5, undefined]);
  const again = after(offered, { type: 'timer', timer: 'offer' });
  assert.equal([again.offer, again.misplaced, timersOf(again).confirm], [0, 'doubted', 'main PBX']);
  assert.is(after(again, confirmed).offer, 5);
});

test('the main PBX: an offer is taken back when its reason is gone, one that a person asked for is not', () => {
  const offered = after(knowing('primary-active', 'lost', 'heard'), calls, confirmed);
  for (const gone of [main('heard'), partner({ epoch: 2, main: 'lost' })]) assert.equal([after(offered, gone).offer, after(offered, gone).misplaced], [0, 'no']);
  assert.is(after(offered, { type: 'failover' }, main('heard')).offer, 5);
  const back = after({ ...knowing('backup-active', 'heard', 'heard'), returned: 'overdue' }, { type: 'calls', calls: 0 });
  assert.is(back.offer, 6);
  assert.equal([after(back, partner({ waiting: true, main: 'lost' })).offer, after(back, { type: 'failback' }, partner({ waiting: true, main: 'lost' })).offer], [0, 6]);
});

test('the main PBX: a returned primary waits while it is lost there only', () => {
  const returns = (mine: MainPbx, theirs: MainPbx): string => after(knowing('backup-active', mine, theirs), calls).returned;
  assert.equal(['heard', 'unknown', 'lost'].map((mine) => returns(mine as MainPbx, 'lost')), ['no', 'no', 'settling']);
  assert.equal(['heard', 'unknown'].map((theirs) => returns('heard', theirs as MainPbx)), ['settling', 'settling']);
  const settled = { ...knowing('backup-active', 'heard', 'heard'), returned: 'settled', calls: 1 } as const;
  assert.is(after(settled, partner({ waiting: true, main: 'lost' })).returned, 'no');
});

/** The waiting unit takes what the partner offers. */
function takes(role: 'backup-standby' | 'failback', mine: MainPbx, theirs: MainPbx, asking = false): RoleState {
  const grant = role === 'failback' ? 10 : 9;
  const state = after({ ...usual[role], main: mine, asking }, partner({ serving: true, epoch: role === 'failback' ? 5 : 4, grant, main: theirs }), { type: 'persisted', epoch: grant });
  assert.ok(serves(state.role));
  return state;
}

test('the main PBX: what came for its sake goes back by itself, what a person moved stays', () => {
  assert.is(takes('backup-standby', 'heard', 'lost').held, false);
  assert.is(takes('backup-standby', 'heard', 'lost', true).held, true);
  for (const [mine, theirs] of [['heard', 'heard'], ['lost', 'lost'], ['unknown', 'unknown'], ['lost', 'heard'], ['unknown', 'lost']] as const) assert.is(takes('backup-standby', mine, theirs).held, true, `${mine} ${theirs}`);
  const moved = after(takes('backup-standby', 'lost', 'heard'), partner({ epoch: 9, main: 'heard', waiting: true }), calls, confirmed);
  assert.equal([moved.misplaced, moved.offer, moved.returned], ['no', 0, 'no']);
});

test('the main PBX: a primary that serves by command although it has lost it does so until it hears it again or the partner is away', () => {
  assert.is(takes('failback', 'heard', 'lost').held, false);
  assert.is(takes('failback', 'unknown', 'unknown').held, false);
  const held = after(takes('failback', 'lost', 'heard'), partner({ epoch: 10, main: 'heard' }), confirmed);
  assert.equal([held.held, held.misplaced, held.offer], [true, 'no', 0]);
  for (const end of [[main('heard')], [partner({ life: 'dead', epoch: 10, main: 'heard' }), partner({ epoch: 10, main: 'heard' })]]) {
    const free = after(held, ...end, main('lost'));
    assert.equal([free.held, free.misplaced], [false, 'doubted']);
    assert.is(after(free, confirmed).offer, 11);
  }
});

test.run();
