import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DistributedConsole } from '../../../firmware/console/parts/distributed-console.ts';
import type { MembersConsole } from '../../../firmware/console/parts/members-console.ts';
import { ConsoleSession } from '../../../firmware/console/session.ts';
import type { DistributedStatus } from '../../../firmware/distributed/distributed-unit.ts';
import type { MemberStatus } from '../../../firmware/distributed/member-hub.ts';
import type { SiteJoinResult } from '../../../firmware/distributed/site-join.ts';
import type { WallMs } from '../../../hal/clock.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import { ExampleUnit } from './example-unit.ts';
import { Screen } from './screen.ts';

const member = (name: string, kind: MemberStatus['member']['kind'], digits: string): MemberStatus['member'] => ({ name, kind, fingerprint: digits.repeat(32), certificate: 'AAAA' });
const sync = { connected: true, here: { version: 9, hash: 'h' }, there: { version: 9, hash: 'h' }, state: 'in-step', behind: { entries: 0, bytes: 0 }, lastInStepMs: null, problem: null, siblings: [] } as const;
const nine = Date.UTC(2026, 0, 5, 9, 0, 0) as WallMs;

/** A site that does as it is told. */
class ExampleMembers implements MembersConsole {
  serving = true;
  readonly done: string[] = [];
  all: MemberStatus[] = [
    { member: member('ada', 'primary', 'ab'), delivery: null, sync: null },
    { member: member('far\x1b[2J', 'distributed', 'cd'), delivery: { connected: true, waiting: { messages: 2, bytes: 16_000 }, coming: null, came: 5, problem: 'the disk is full' }, sync },
    { member: member('north', 'distributed', 'ef'), delivery: null, sync: null },
    { member: member('north', 'distributed', 'e0'), delivery: null, sync: null },
  ];

  serves = (): boolean => this.serving;
  status = (): readonly MemberStatus[] => this.all;
  showCode = async () => ({ code: 'K7QM-2X9D-H40V', validMs: 600_000 });

  async remove(fingerprint: string): Promise<boolean> {
    this.done.push(fingerprint);
    return true;
  }
}

const own: DistributedStatus = {
  standing: 'following', joined: { fingerprint: 'ab'.repeat(32), certificate: 'AAAA', name: 'ada', joinedMs: nine }, central: { address: '192.0.2.7', unit: 'ab'.repeat(32), name: 'ada' }, silentMs: 400,
  waiting: { messages: 1, bytes: 8000 }, gone: 4, sync, problem: null, members: [member('ada', 'primary', 'ab')], changes: [{ from: 'alone', to: 'following', cause: 'the central unit is back', atMs: nine }],
};

class ExampleDistributed implements DistributedConsole {
  result: SiteJoinResult = { ok: true, name: 'ada' };
  state: DistributedStatus = own;
  belongs = true;
  readonly done: string[] = [];
  status = (): DistributedStatus => this.state;
  leave = async (): Promise<boolean> => this.belongs;

  async join(address: string, code: string): Promise<SiteJoinResult> {
    this.done.push(`${address} ${code}`);
    return this.result;
  }
}

function session(members: ExampleMembers | null, distributed: ExampleDistributed | null = null) {
  const unit = Object.assign(new ExampleUnit(), { members, distributed });
  const logged: string[] = [];
  const terminal = new Screen(200);
  const one = new ConsoleSession({ terminal, unit, clock: new SimClock(), log: { write: (severity, event, text) => void logged.push(`${severity} ${event} ${text}`) }, who: 'test', ended: () => {} });
  one.start();
  const type = async (line: string): Promise<string> => {
    const before = terminal.rows.length;
    one.feed(Buffer.from(`${line}\r`));
    await settle();
    return terminal.rows.slice(before, -1).join('\n');
  };
  return { type, logged };
}

test('show members at a central unit: each with its version and what waits there; the pair is in show link', async () => {
  const { type } = session(new ExampleMembers());
  const shown = await type('show members');
  assert.match(shown, /^ada +primary +see show link/m);
  assert.match(shown, /^far.* +distributed +connected +9 +yes +2 +5 +cdcdcdcd/m);
  assert.match(shown, /^north +distributed +away +- +unknown +- +0 +efefefef/m);
  assert.match(shown, /the disk is full$/m);
  assert.not.match(shown, /\x1b/, 'a name cannot move the cursor');
});

test('show members at a distributed unit: how it stands, what waits, what changed', async () => {
  const { type } = session(null, new ExampleDistributed());
  const shown = await type('show members');
  for (const line of [/^this unit is +following/m, /^central unit +ada at 192\.0\.2\.7, heard /m, /^waiting here +1 messages/m, /^went there +4 messages/m, /^version +9 here, 9 there/m, /alone +following +the central unit is back/m]) assert.match(shown, line);
});

test('site code shows a code at the unit that serves, and sends a standby away', async () => {
  const members = new ExampleMembers();
  const { type, logged } = session(members);
  assert.match(await type('site code'), /^code K7QM-2X9D-H40V\nIt is good for 10 minutes and one unit.* site join ADDRESS K7QM-2X9D-H40V/);
  assert.not.match(logged.join(), /K7QM/);
  members.serving = false;
  assert.match(await type('site code'), /standby/);
});

test('site join tells where it got to, and why not; its code is not logged', async () => {
  const distributed = new ExampleDistributed();
  const { type, logged } = session(null, distributed);
  assert.match(await type('site join 192.0.2.7 K7QM-2X9D-H40V'), /joined the site of ada/);
  distributed.result = { ok: false, why: 'wrong-code', detail: '' };
  assert.match(await type('site join 192.0.2.7 K7QM-2X9D-H40V'), /not joined: the other unit says that the code is wrong/);
  assert.equal(distributed.done, ['192.0.2.7 K7QM-2X9D-H40V', '192.0.2.7 K7QM-2X9D-H40V']);
  assert.not.match(logged.join(), /K7QM/);
});

test('site remove takes a name or the first digits, and asks when several are meant', async () => {
  const members = new ExampleMembers();
  const { type } = session(members);
  assert.match(await type('site remove north'), /several distributed units are meant/);
  assert.match(await type('site remove efef'), /north is no member any more/);
  assert.match(await type('site remove ada'), /there is no distributed unit ada/);
  assert.equal(members.done, ['ef'.repeat(32)]);
});

test('site leave says whether there was a site', async () => {
  const distributed = new ExampleDistributed();
  const { type } = session(null, distributed);
  assert.match(await type('site leave'), /belongs to no site any more/);
  distributed.belongs = false;
  assert.match(await type('site leave'), /belonged to no site/);
});

test('each kind of unit sends to the other, and one that stands alone does not offer the commands', async () => {
  assert.match(await session(null, new ExampleDistributed()).type('site code'), /at the central unit/);
  assert.match(await session(new ExampleMembers()).type('site leave'), /no central section/);
  assert.match(await session(null).type('show members'), /not known here/);
  assert.not.match(await session(null).type('s'), /ambiguous/);
});

test.run();
