import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { leaves } from '../../../firmware/config/json-schema.ts';
import { parseConfiguration } from '../../../firmware/config/parse-configuration.ts';
import { keyEffects, planChange } from '../../../firmware/config/plan.ts';
import type { Settings } from '../../../firmware/config/settings.ts';

function settings(parts: Record<string, unknown>): Settings {
  const parsed = parseConfiguration(JSON.stringify({ peers: [], mailboxes: [], ...parts }), 'u');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.settings;
}

const peer = { name: 'pbx', addresses: ['192.0.2.1'] };

test('equal settings need nothing', () => {
  const parts = { peers: [peer], mailboxes: [{ number: '1' }] };
  assert.equal(planChange(settings(parts), settings(parts)), []);
});

test('each setting has its time', () => {
  const cases: [Record<string, unknown>, string, string][] = [
    [{ unit: { name: 'b' } }, 'unit.name', 'live'],
    [{ unit: { language: 'de' } }, 'unit.language', 'live'],
    [{ ports: 8 }, 'ports', 'restart'],
    [{ sip: { port: 5099 } }, 'sip.port', 'restart'],
    [{ sip: { address: '127.0.0.1' } }, 'sip.address', 'restart'],
    [{ sip: { tcp: false } }, 'sip.tcp', 'restart'],
    [{ sip: { publicAddress: '192.0.2.9' } }, 'sip.publicAddress', 'live'],
    [{ sip: { sessionExpiresSec: 600 } }, 'sip.sessionExpiresSec', 'live'],
    [{ sip: { watchMs: 1000 } }, 'sip.watchMs', 'live'],
    [{ sip: { watchMisses: 6 } }, 'sip.watchMisses', 'live'],
    [{ sip: { returnSec: 60 } }, 'sip.returnSec', 'live'],
    [{ rtp: { firstPort: 20000 } }, 'rtp.firstPort', 'restart'],
    [{ rtp: { timeoutSec: 0 } }, 'rtp.timeoutSec', 'restart'],
    [{ rtp: { silentPacketMs: 20 } }, 'rtp.silentPacketMs', 'restart'],
    [{ rtp: { codecs: ['PCMA'] } }, 'rtp.codecs', 'live'],
    [{ numbers: { collect: ['*18'] } }, 'numbers.collect', 'live'],
    [{ messages: { maxSec: 60 } }, 'messages.maxSec', 'live'],
    [{ pins: { lockMin: 7 } }, 'pins.lockMin', 'live'],
    [{ console: { idleMin: 0 } }, 'console.idleMin', 'live'],
  ];
  for (const [parts, path, when] of cases) {
    const steps = planChange(settings({}), settings(parts));
    assert.equal(steps.map((step) => [step.path, step.when]), [[path, when]]);
    assert.match(steps[0]?.what ?? '', / becomes .*; /);
  }
});

test('of the pair only the rate of the exchange and what becomes of messages change while the unit runs', () => {
  const pair = { rank: 'backup', partner: ['192.0.2.3'] };
  const when = (change: Record<string, unknown>) => planChange(settings({ pair }), settings({ pair: { ...pair, ...change } })).map((step) => [step.path, step.when]);
  assert.equal(when({ syncKbps: 1000 }), [['pair.syncKbps', 'live']]);
  assert.equal(when({ messages: 'none', beatMs: 50 }), [['pair.beatMs', 'restart'], ['pair.messages', 'live']]);
  assert.equal(when({ port: 5057 }), [['pair.port', 'restart']]);
  assert.equal(planChange(settings({}), settings({ pair })).map((step) => [step.path, step.when]), [['pair', 'restart']]);
});

test('of the estate only the keys of commands change while the unit runs', () => {
  const estate = { site: 'harbour', broker: { host: 'h' } };
  const when = (change: Record<string, unknown>) => planChange(settings({ estate }), settings({ estate: { ...estate, ...change } })).map((step) => [step.path, step.when]);
  assert.equal(when({ commandKeys: [`${'A'.repeat(43)}=`] }), [['estate.commandKeys', 'live']]);
  assert.equal(when({ site: 'other', broker: { host: 'h', port: 1884 } }), [['estate.site', 'restart'], ['estate.broker.port', 'restart']]);
});

test('of the central unit only the rate and where owners collect change while the unit runs', () => {
  const central = { addresses: ['192.0.2.7'], collectAt: '*17' };
  const when = (change: Record<string, unknown>) => planChange(settings({ central }), settings({ central: { ...central, ...change } })).map((step) => [step.path, step.when]);
  assert.equal(when({ syncKbps: 1000, collectAt: 'sip:*17@192.0.2.7' }), [['central.collectAt', 'live'], ['central.syncKbps', 'live']]);
  assert.equal(when({ aliveMs: 500, addresses: ['192.0.2.8'] }), [['central.addresses', 'restart'], ['central.aliveMs', 'restart']]);
});

test('peers and mailboxes are told apart by name: added, changed, removed, in any order', () => {
  const old = settings({ peers: [peer, { name: 'gone', addresses: ['192.0.2.2'] }], mailboxes: [{ number: '1' }, { number: '2' }, { number: '3' }] });
  const next = settings({ peers: [{ ...peer, port: 5070 }], mailboxes: [{ number: '3' }, { number: '1', name: 'Ada' }, { number: '4' }] });
  assert.equal(
    planChange(old, next).map((step) => [step.path, step.what.split(';')[0], step.when]),
    [
      ['peers[gone]', 'is removed', 'idle'],
      ['peers[pbx]', 'changes', 'live'],
      ['mailboxes[2]', 'is removed', 'idle'],
      ['mailboxes[1]', 'changes', 'live'],
      ['mailboxes[4]', 'is added', 'live'],
    ],
  );
});

test('a password that changes is not in the plan', () => {
  const withPassword = (password: string) => settings({ peers: [{ ...peer, host: 'h', register: { user: 'u', password } }] });
  const steps = planChange(withPassword('old-secret'), withPassword('new-secret'));
  assert.is(steps.length, 1);
  assert.not.match(JSON.stringify(steps), /secret/);
});

test('exceptions name keys that exist', () => {
  const known = new Set(leaves().map((leaf) => leaf.path));
  for (const path of Object.keys(keyEffects)) assert.ok(known.has(path), path);
});

test.run();
