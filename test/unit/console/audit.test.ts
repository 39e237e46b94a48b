import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { longestText } from '../../../firmware/console/audit/audit-chain.ts';
import { AuditLog, filesKept, fullBytes } from '../../../firmware/console/audit/audit-log.ts';
import { ConsoleSession } from '../../../firmware/console/session.ts';
import type { Log } from '../../../firmware/log.ts';
import { silentLog } from '../../../firmware/log.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import type { Fate } from '../../../hal/sim/sim-content.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { ExampleUnit } from './example-unit.ts';
import { Transcript } from './screen.ts';

const open = (storage: SimStorage, log: Log = silentLog) => AuditLog.open(storage, new SimClock(), log);

async function rewrite(storage: SimStorage, path: string, edit: (text: string) => string): Promise<void> {
  const file = await storage.open(path, 'update');
  const bytes = Buffer.alloc(await file.size());
  await file.read(bytes, 0);
  const edited = Buffer.from(edit(bytes.toString()));
  await file.truncate(0);
  await file.write(edited, 0);
  await file.dataSync();
  await file.close();
}

async function written(count: number): Promise<SimStorage> {
  const storage = new SimStorage();
  const audit = await open(storage);
  for (let number = 1; number <= count; number++) await audit.record(`person ${number % 3}`, `command ${number}`);
  return storage;
}

test('entries are numbered, chained, and there after a restart', async () => {
  const storage = await written(5);
  const audit = await open(storage);
  await audit.record('ann', 'one more');
  assert.equal((await audit.last(2)).map(({ number, who, what }) => [number, who, what]), [[5, 'person 2', 'command 5'], [6, 'ann', 'one more']]);
  const { entries, faults } = await audit.verify();
  assert.equal([entries, faults], [6, []]);
});

for (const [what, edit, fault] of [
  ['a changed word', (text: string) => text.replace('command 3', 'command 9'), /^entry 3 was changed$/],
  ['a changed name', (text: string) => text.replace('"person 2"', '"person 0"'), /^entry 2 was changed$/],
  ['an entry taken out', (text: string) => text.replace(/^.*command 3.*\n/m, ''), /^after entry 2 comes 4$/],
  ['two entries in another order', (text: string) => text.replace(/^(.*command 2.*\n)(.*command 3.*\n)/m, '$2$1'), /^after entry 1 comes 3$/],
  ['a line that is no entry', (text: string) => text.replace(/^.*command 3.*$/m, 'nothing happened'), /^line 3 of 00000001.log is no entry$/],
  ['the newest entries cut off', (text: string) => text.replace(/^.*command 4.*\n.*command 5.*\n/m, ''), /^the newest entries are gone/],
] as const) {
  test(`${what} is found by verify`, async () => {
    const storage = await written(5);
    const audit = await open(storage);
    await rewrite(storage, 'audit/00000001.log', edit);
    assert.match((await audit.verify()).faults[0] ?? 'nothing', fault);
  });
}

test('an entry forged whole does not follow from the one before', async () => {
  const storage = await written(5);
  const other = await open(await written(2));
  await other.record('eve', 'command 3');
  const forged = JSON.stringify((await other.last(1))[0]);
  const audit = await open(storage);
  await rewrite(storage, 'audit/00000001.log', (text) => text.replace(/^.*command 3.*$/m, forged));
  assert.equal((await audit.verify()).faults, ['entry 4 does not follow from entry 3']);
});

test('power cut at every operation: what was recorded stays, and the chain goes on', async () => {
  let cuts = 0;
  for (let finished = false; !finished; cuts++) {
    const storage = await written(3);
    const audit = await open(storage);
    const before = Object.values(storage.counts).reduce((sum, count) => sum + count, 0);
    finished = true;
    storage.fault = ({ number }) => {
      if (number !== before + cuts) return null;
      finished = false;
      return 'power-cut';
    };
    await Promise.race([audit.record('ann', 'the last thing'), storage.powerLost]);
    for (const fate of ['keep', 'drop', 'tear', 'zero'] as Fate[]) {
      const left = storage.afterPowerCut(() => fate);
      const again = await open(left);
      await again.record('ben', 'after it');
      const { faults, entries, last } = await again.verify();
      assert.equal(faults, [], `cut ${cuts}, ${fate}`);
      assert.ok(entries === 4 || entries === 5, `cut ${cuts}, ${fate}: ${entries}`);
      if (finished) assert.is(entries, 5, 'what was recorded stays');
      assert.is(last?.what, 'after it');
    }
  }
  assert.ok(cuts >= 3, `${cuts} operations were cut`);
});

test('full files follow each other, the oldest goes, and the chain holds over all that are kept', async () => {
  const storage = new SimStorage();
  const told: string[] = [];
  const audit = await open(storage, { write: (_severity, event) => void told.push(event) });
  const long = 'x'.repeat(4 * longestText);
  const needed = Math.ceil(((filesKept + 2) * fullBytes) / longestText);
  for (let number = 1; number <= needed; number++) await audit.record('ann', long);
  const names = await storage.list('audit');
  assert.is(names.length, filesKept);
  const { entries, first, last, faults } = await audit.verify();
  assert.equal(faults, []);
  assert.is(last?.number, needed);
  assert.ok((first?.number ?? 0) > 1 && entries === needed - (first?.number ?? 0) + 1);
  assert.ok(told.includes('audit-file-full'), 'the hash of the last entry goes to the journal');
  assert.is((await audit.last(3))[2]?.what.length, longestText);
});

test('a disk that refuses is an alert, and the next entry is kept again', async () => {
  const storage = new SimStorage();
  const alerts: string[] = [];
  const audit = await open(storage, { write: (severity, event) => void (severity === 'alert' && alerts.push(event)) });
  await audit.record('ann', 'first');
  storage.readOnly = true;
  await audit.record('ann', 'lost');
  storage.readOnly = false;
  await audit.record('ann', 'third');
  assert.equal(alerts, ['audit-not-kept']);
  assert.equal((await audit.last(5)).map(({ what }) => what), ['first', 'third']);
  assert.equal((await audit.verify()).faults, []);
});

test('a write that fails half-way leaves no half line', async () => {
  for (const kind of ['write', 'data-sync']) {
    const storage = await written(2);
    const audit = await open(storage);
    storage.fault = (operation) => (operation.kind === kind ? 'io' : null);
    await audit.record('ann', 'lost, and longer than what comes next '.repeat(5));
    storage.fault = null;
    await audit.record('ann', 'next');
    assert.equal((await audit.verify()).faults, [], kind);
    assert.equal((await (await open(storage)).last(3)).map(({ what }) => what), ['command 1', 'command 2', 'next'], kind);
  }
});

test('what comes at once is one write, in its order', async () => {
  const storage = new SimStorage();
  const audit = await open(storage);
  await audit.record('ann', 'first');
  const before = storage.counts['data-sync'] ?? 0;
  await Promise.all(Array.from({ length: 60 }, (_, index) => audit.record('ann', `command ${index}`)));
  assert.is((storage.counts['data-sync'] ?? 0) - before, 1);
  const { entries, faults, last } = await audit.verify();
  assert.equal([entries, faults, last?.what], [61, [], 'command 59']);
});

test('every command is in it with who did it, secrets masked', async () => {
  const unit = new ExampleUnit();
  unit.audit = await open(new SimStorage());
  const terminal = new Transcript('pipe');
  const session = new ConsoleSession({ terminal, unit, clock: new SimClock(), log: silentLog, who: 'ann', ended: () => undefined });
  session.start();
  for (const line of ['show clock', 'mailbox 201 pin reset', 'call 201 --keys "123456#"', 'nonsense', 'show audit 4', 'verify audit']) {
    session.feed(Buffer.from(`${line}\n`));
    for (let turn = 0; turn < 8; turn++) await settle();
    unit.hangUp('enough');
    for (let turn = 0; turn < 8; turn++) await settle();
  }
  assert.match(terminal.text, / 2 {2}\d{4}-.* ann {2}show clock\n.* 3 {2}.* mailbox 201 pin reset\n.* 4 {2}.* call 201 --keys \(not shown\)\n/);
  assert.match(terminal.text, /6 entries, 1 to 6; the last one has [0-9a-f]{64}\nwhole and unchanged/);
  assert.not.match(terminal.text.replace(/^understudy>.*$/gm, ''), /123456/);
});

test.run();
