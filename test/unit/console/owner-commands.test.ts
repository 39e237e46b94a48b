import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OwnersConsole } from '../../../firmware/console/parts/owners-console.ts';
import { ConsoleSession } from '../../../firmware/console/session.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import { diskIsFull, ExampleUnit } from './example-unit.ts';
import { Screen } from './screen.ts';

const atMs = Date.UTC(2026, 0, 6, 9);

function session() {
  const unit = new ExampleUnit();
  const cleared: string[] = [];
  const owners: OwnersConsole = {
    owner: () => ({
      greetings: [{ kind: 'greeting', durationMs: 12_000 }, { kind: 'busy', durationMs: 4000 }], temporaryUntilMs: atMs, takesCalls: false, loopGreeting: false, disabled: false, quotaSec: 600,
      lists: [{ number: 2, public: true, size: 14 }], members: ['201', '202'], groups: [],
    }),
    sending: () => [{ id: '0192a000-1234-7abc-8123-0123456789ab', sender: '201', recipients: 14, delivered: 0, durationMs: 30_000, atMs }],
    clear: async (mailbox) => {
      if (unit.failure !== null) throw unit.failure;
      cleared.push(mailbox);
      return { messages: 3, recordings: 2 };
    },
  };
  unit.owners = owners;
  const terminal = new Screen(120);
  const one = new ConsoleSession({ terminal, unit, clock: new SimClock(), log: { write: () => undefined }, who: 'test', ended: () => undefined });
  one.start();
  const feed = async (text: string): Promise<readonly string[]> => {
    const before = terminal.rows.length;
    one.feed(Buffer.from(text));
    await settle();
    return terminal.rows.slice(before - 1);
  };
  return { unit, feed, cleared };
}

test('what an owner has is shown with its end and its limits', async () => {
  const { feed } = session();
  const rows = (await feed('show owner 201\r')).join('\n');
  for (const part of [/takes +what others send, no messages of callers/, /quota +10:00/, /greetings +greeting 0:12, busy 0:04/, /temporary until +2026-01-06 10:00:00/, /lists +2: 14, public/, /members +201, 202/, /member of +none/]) assert.match(rows, part);
});

test('what is on its way is a table', async () => {
  const { feed } = session();
  const rows = (await feed('show sending\r')).join('\n');
  assert.match(rows, /201 +14 +0 +0:30 +2026-01-06 10:00:00/);
});

test('a mailbox is cleared, or the disk says why not', async () => {
  const { feed, cleared, unit } = session();
  assert.match((await feed('mailbox 201 clear\r')).join('\n'), /mailbox 201 is empty: 3 messages and 2 greetings are gone/);
  assert.equal(cleared, ['201']);
  unit.failure = diskIsFull;
  assert.match((await feed('mailbox 201 clear\r')).join('\n'), /full|space/);
  assert.equal(cleared, ['201']);
});

test.run();
