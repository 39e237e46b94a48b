import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SiteConsole } from '../../../firmware/console/parts/site-console.ts';
import { ConsoleSession } from '../../../firmware/console/session.ts';
import { SiteError } from '../../../firmware/site/site-error.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import { ExampleUnit } from './example-unit.ts';
import { Screen } from './screen.ts';

const nine = Date.UTC(2026, 0, 5, 9, 0, 0);
const [mine, theirs] = ['a'.repeat(64), `a${'b'.repeat(63)}`] as const;
const [primary, backup] = ['1'.repeat(64), '2'.repeat(64)] as const;

class ExampleSite implements SiteConsole {
  readonly done: string[] = [];
  refusal: SiteError | null = null;
  versions = [9, 8];

  history = () => this.versions.map((version) => ({ hash: 'c'.repeat(64), version, author: primary, takenMs: nine, milestone: false }));
  siblings = () => [{
    name: 'greeting/201/greeting',
    inForce: { sha256: mine, bytes: 24_000, epoch: 2, at: 9, by: primary },
    others: [{ sha256: theirs, bytes: 16_000, epoch: 2, at: 8, by: backup }],
  }];

  async rollback(version: number): Promise<void> {
    if (this.refusal !== null) throw this.refusal;
    this.done.push(`rollback ${version}`);
    this.versions = [10, ...this.versions];
  }

  async settle(name: string, sha256: string): Promise<void> {
    if (this.refusal !== null) throw this.refusal;
    this.done.push(`keep ${name} ${sha256}`);
  }
}

function session(site: ExampleSite | null) {
  const unit = new ExampleUnit();
  unit.site = site;
  const logged: string[] = [];
  const terminal = new Screen(200);
  const one = new ConsoleSession({ terminal, unit, clock: new SimClock(), log: { write: (severity, event, text) => void logged.push(`${severity} ${event} ${text}`) }, who: 'test', ended: () => {} });
  one.start();
  const type = async (line: string): Promise<readonly string[]> => {
    const before = terminal.rows.length;
    one.feed(Buffer.from(`${line}\r`));
    await settle();
    return terminal.rows.slice(before, -1).filter((row) => row !== '');
  };
  return { type, logged };
}

test('a unit that stands alone says so', async () => {
  const { type } = session(null);
  assert.equal(await type('show site'), ['this unit shares nothing: there is no pair or central section in its configuration']);
});

test('versions and what was edited on both sides are listed', async () => {
  const rows = (await session(new ExampleSite()).type('show site')).map((row) => row.replaceAll(/ {2,}/g, '|'));
  assert.equal(rows, [
    'VERSION|STATE|TAKEN|BY UNIT', '|9|in force|2026-01-05 10:00:00|11111111', '|8|kept|2026-01-05 10:00:00|11111111',
    'NAME|CONTENT|STATE|SIZE|BY UNIT', 'greeting/201/greeting|aaaaaaaa|in force|23.4 KiB|11111111', 'greeting/201/greeting|abbbbbbb|edited too|15.6 KiB|22222222',
  ]);
});

test('an older version is brought back by number, and only a kept one', async () => {
  const site = new ExampleSite();
  const { type, logged } = session(site);
  assert.equal(await type('pair rollback 8'), ['greetings and settings are those of version 8 again, as version 10; PINs stayed']);
  assert.ok((await type('pair rollback 3')).includes('version 3 is not kept'));
  assert.equal([site.done, logged], [['rollback 8'], ['notice console-command test: pair rollback 8']]);
});

test('a two-sided edit is settled by the first digits of the content that shall count', async () => {
  const site = new ExampleSite();
  const { type } = session(site);
  assert.equal(await type('pair keep greeting/201/greeting ab'), ['greeting/201/greeting is abbbbbbb; the others are gone']);
  assert.equal(site.done, [`keep greeting/201/greeting ${theirs}`]);
  assert.ok((await type('pair keep greeting/201/greeting a')).includes('several contents begin with a: give more of it'));
  assert.ok((await type('pair keep greeting/201/greeting ff')).includes('greeting/201/greeting has no content ff'));
  assert.ok((await type('pair keep owner/201 aa')).includes('owner/201 was not edited on both sides'));
});

test('what the site refuses is an answer, and no defect', async () => {
  const site = new ExampleSite();
  site.refusal = new SiteError('not-applicable', 'mailbox 201 is not in the file');
  const { type, logged } = session(site);
  assert.equal(await type('pair rollback 8'), ['not done: mailbox 201 is not in the file']);
  assert.not.ok(logged.some((line) => line.includes('console-defect')));
});

test.run();
