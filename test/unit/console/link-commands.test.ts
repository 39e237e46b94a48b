import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConsoleSession } from '../../../firmware/console/session.ts';
import type { LinkConsole } from '../../../firmware/console/parts/link-console.ts';
import type { PairStatus } from '../../../firmware/failover/pair-status.ts';
import type { ExchangeStatus } from '../../../firmware/failover/pair-exchange.ts';
import type { LiveStatus } from '../../../firmware/failover/live/live-pair.ts';
import { noPartner } from '../../../firmware/failover/role.ts';
import type { WallMs } from '../../../hal/clock.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import { ExampleUnit } from './example-unit.ts';
import { Screen } from './screen.ts';

const nine = Date.UTC(2026, 0, 5, 9, 0, 0) as WallMs;
const path = { up: true, silentMs: 12.4, received: 4000, lost: 3, longestGapMs: 75.2, carrier: true };
const serving: PairStatus = {
  rank: 'backup', role: 'backup-active', epoch: 7, sinceMs: nine, partner: noPartner, partnerCalls: 0, partnerControlAgeMs: 0, partnerSpeaks: null,
  reference: true, main: 'unknown', witness: null, able: true, address: 'held', link: 'listening', returned: 'no', held: false,
  statistics: {
    paths: [path, { ...path, up: false, silentMs: null, carrier: false }], sent: 9000, sendFailures: 0, pauses: 1, deaths: 1,
    refused: { malformed: 2, 'foreign-key': 5, reflected: 0, 'not-for-us': 0, replayed: 0, 'too-many': 0 },
  },
  changes: [{ atMs: nine, from: 'backup-standby', to: 'backup-active', epoch: 7, cause: 'the partner is dead' }],
};

function session(status: PairStatus | null, exchange: ExchangeStatus | null = null, live: LiveStatus | null = null) {
  const unit = new ExampleUnit();
  const logged: string[] = [];
  const link: LinkConsole = {
    status: () => status ?? serving, exchange: () => exchange, live: () => live, ways: ['10.0.0.1', '10.1.0.1'],
    failover: () => ({ ok: true, text: 'the backup is asked to serve' }), failback: () => ({ ok: false, text: 'the primary is not there' }),
  };
  unit.link = status === null ? null : link;
  const terminal = new Screen(200);
  const one = new ConsoleSession({ terminal, unit, clock: new SimClock(), log: { write: (severity, event, text) => void logged.push(`${severity} ${event} ${text}`) }, who: 'test', ended: () => {} });
  one.start();
  const type = async (line: string): Promise<readonly string[]> => {
    const before = terminal.rows.length;
    one.feed(Buffer.from(`${line}\r`));
    await settle();
    return terminal.rows.slice(before, -1);
  };
  return { type, logged };
}

test('a unit that stands alone says so', async () => {
  const { type } = session(null);
  for (const line of ['show link', 'failover', 'failback']) assert.equal(await type(line), ['this unit stands alone: there is no pair section in its configuration']);
});

test('the witness: what it is, whose the lease is, how long ago it answered', async () => {
  const witness = { place: '192.0.2.9:5072', name: 'site-1', state: 'answers', holder: 'primary', silentMs: 120.4, sent: 9, answers: 8, refused: 0 } as const;
  const rows = async (over: Partial<NonNullable<PairStatus['witness']>>): Promise<string> => (await session({ ...serving, witness: { ...witness, ...over } }).type('show link')).find((line) => line.startsWith('witness')) ?? 'none';
  assert.match(await rows({}), /^witness +192\.0\.2\.9:5072 answers: the primary has the lease, last answer 120 ms ago$/);
  assert.match(await rows({ holder: null }), /answers: nobody has the lease,/);
  assert.match(await rows({ state: 'silent', refused: 3 }), /^witness +192\.0\.2\.9:5072 is silent, last answer 120 ms ago, 3 datagrams not taken$/);
  assert.match(await rows({ state: 'silent', silentMs: null }), /is silent, never answered$/);
  assert.match(await rows({ state: 'learning' }), /started just now and learns, last/);
  assert.not.match((await session(serving).type('show link')).join('\n'), /^witness/m);
});

test('role, partner, ways and changes', async () => {
  const text = (await session(serving).type('show link')).join('\n');
  assert.match(text, /^rank +backup$/m);
  assert.match(text, /^role +backup-active since 2026-01-05 10:00:00$/m);
  assert.match(text, /^shared address +held here$/m);
  assert.match(text, /^partner +unheard$/m);
  assert.match(text, /^not taken +malformed 2, foreign-key 5$/m);
  assert.match(text, /^10\.0\.0\.1 +up +12 ms +4000 +3 +75 ms$/m);
  assert.match(text, /^10\.1\.0\.1 +no cable +- /m);
  assert.match(text, /^2026-01-05 10:00:00 +backup-standby +backup-active +the partner is dead$/m);
});

test('the main PBX: who of the two hears it, and nothing of it where no PBX has a backup', async () => {
  const row = async (over: Partial<PairStatus>): Promise<string> => (await session({ ...serving, ...over }).type('show link')).find((line) => line.startsWith('main PBX')) ?? 'none';
  const partner = { ...noPartner, life: 'alive', main: 'lost' } as const;
  assert.match(await row({ main: 'heard', partner }), /^main PBX +heard here, lost at the partner$/);
  assert.match(await row({ main: 'lost', partner: { ...partner, life: 'dead' } }), /^main PBX +lost here, not known at the partner$/);
  assert.is(await row({ partner }), 'none');
});

test('a partner that is heard, and one with other settings', async () => {
  const partner = { ...noPartner, life: 'alive' as const, able: true, epoch: 6, disagreement: 'other-beat' as const };
  const text = (await session({ ...serving, partner, partnerCalls: 2, returned: 'settling', held: true }).type('show link')).join('\n');
  assert.match(text, /^partner +alive, stands by, epoch 6, 2 calls$/m);
  assert.match(text, /^disagreement +other-beat$/m);
  assert.match(text, /^moved by command +stays until the next command$/m);
  assert.match(text, /^return of the primary +settling$/m);
});

const unmirrored = { on: false, connected: false, partnerMirrors: null, messages: 5, took: 0, behind: { messages: 0, seconds: null }, partnerBehind: null, problem: null };

test('how far behind the two are', async () => {
  const value = { sha256: '0'.repeat(64), bytes: 10 };
  const exchange = {
    sync: {
      connected: true, here: { version: 7, hash: 'a' }, there: { version: 9, hash: 'b' }, state: 'fetching', behind: { entries: 2, bytes: 2048 }, lastInStepMs: null,
      problem: 'the disk is full\x1b', siblings: ['201', '202', '203', '204', '205'].map((number) => ({ name: `owner/${number}`, inForce: value, others: [value] })),
    },
    home: { rank: 'primary', mode: 'homecoming', connected: true, state: 'fetching', waiting: { messages: 3, bytes: 9 }, coming: null, moved: 4, problem: null },
    mirror: unmirrored,
  } as unknown as ExchangeStatus;
  const text = (await session(serving, exchange).type('show link')).join('\n');
  assert.match(text, /^site +fetching: here version 7, there version 9, 2 entries \(2\.0 KiB\) to fetch$/m);
  assert.match(text, /^last in step +not since the start$/m);
  assert.match(text, /^edited on both sides +owner\/201, owner\/202, owner\/203 and 2 more$/m);
  assert.match(text, /^messages +3 wait, 4 came home since the start$/m);
  assert.match(text, /^problem +the disk is full\?$/m);
  assert.match((await session(serving).type('show link')).join('\n'), /^site +nothing is exchanged before the two are paired$/m);
});

test('messages that are mirrored: what is here, what either side lacks and since when; a partner that does not mirror', async () => {
  const sync = { connected: true, here: null, there: null, state: 'in-step', behind: { entries: 0, bytes: 0 }, lastInStepMs: null, problem: null, siblings: [] };
  const home = { rank: 'primary', mode: 'homecoming', waiting: null, moved: 0, problem: 'of another time' };
  const text = async (mirror: object): Promise<string> => {
    const exchange = { sync, home, mirror: { ...unmirrored, on: true, connected: true, partnerMirrors: true, ...mirror } } as unknown as ExchangeStatus;
    return (await session(serving, exchange).type('show link')).join('\n');
  };
  const behind = await text({ messages: 1234, took: 7, behind: { messages: 3, seconds: 12 }, partnerBehind: { messages: 0, seconds: 0 }, problem: 'the disk is full' });
  assert.match(behind, /^messages +mirrored: 1234 here, 7 copied since the start$/m);
  assert.match(behind, /^to come here +3 wait, lag 12 s$/m);
  assert.match(behind, /^to go to the partner +nothing$/m);
  assert.match(behind, /^problem +the disk is full$/m);
  assert.not.match(behind, /of another time/);
  const apart = await text({ connected: false, partnerBehind: { messages: 2, seconds: 5 } });
  assert.match(apart, /^to come here +0 wait, lag unknown since the start, no connection$/m);
  assert.match(apart, /^to go to the partner +2 wait, lag 5 s when last heard$/m);
  assert.match(await text({ partnerMirrors: false }), /^messages +0 wait, 0 came home since the start$/m);
});

test('not paired yet', async () => {
  const text = (await session({ ...serving, link: null, statistics: null, changes: [], address: null }).type('show link')).join('\n');
  assert.match(text, /^partner +not paired: pair code on one unit, pair with on the other$/m);
  assert.match(text, /no change of role since the start$/m);
});

test('moving the service is logged with who did it', async () => {
  const { type, logged } = session(serving);
  assert.equal(await type('failover'), ['the backup is asked to serve']);
  assert.equal(await type('failback'), ['the primary is not there']);
  assert.equal(logged, ['notice console-command test: failover', 'notice console-command test: failback']);
});

test('calls in progress: how many the partner could carry on, how far behind it is, and what moved', async () => {
  const unfollowed = { unsent: 0, unfit: 0, 'too-large': 2, behind: 1, 'partner-disk': 0 };
  const live: LiveStatus = { connected: true, problem: null, followed: 3, calls: 4, lagMs: 40, behindBytes: 8192, kept: 2, keptBytes: 64_000, carriedOn: 5, given: 6, lost: 1, unfollowed, refused: 3 };
  const text = (await session(serving, null, live).type('show link')).join('\n');
  assert.match(text, /^calls followed +3 of 4: 40 ms, 8\S* \S+ behind$/m);
  assert.match(text, /^calls that moved +5 came, 6 went, 1 could not go on here$/m);
  assert.match(text, /^not followed for a time +too-large 2, behind 1, partner not understood 3$/m);
  assert.match((await session(serving, null, { ...live, connected: false, problem: 'the partner does not serve live' }).type('show link')).join('\n'), /^calls followed +3 of 4: no connection, the partner does not serve live$/m);
  assert.match((await session(serving).type('show link')).join('\n'), /^calls in progress +end with the unit that has them$/m);
});

test.run();
