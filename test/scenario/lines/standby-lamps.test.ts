import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimTelephone } from '../../../hal/sim/sim-telephone.ts';
import { TwoUnits } from '../../support/two-units.ts';
import { tonesHeard } from '../../support/line-audio.ts';

const lines = 'lines:\n  - { name: ada, device: "sim:ada", kind: phone, number: "201" }\n';

/** A message in the mailbox of a unit, as it stands on its disk. */
async function leave(two: TwoUnits, unit: TwoUnits['primary']): Promise<void> {
  const writer = await two.during(unit.store.begin({ mailbox: '201', callerNumber: '100', callerName: '', startedMs: two.clock.wall(), reason: 'default', codec: 'PCMU' }));
  writer.append(new Uint8Array(24_000).fill(0x55), 0);
  await two.during(writer.finish('hung-up', 3000));
}

test('standby: its telephones have dial tone and no lamp; the lamps are lit when it takes over', async () => {
  const two = new TwoUnits(lines);
  const ports: SimTelephone[] = [two.lines.primary.telephone('ada'), two.lines.backup.telephone('ada')];
  await two.start();
  const [first, second] = ports as [SimTelephone, SimTelephone];
  await leave(two, two.primary);
  await leave(two, two.backup);
  await two.clock.advance(1000);
  assert.equal([first.lampLit, second.lampLit], [true, false]);
  second.lift();
  second.listen();
  await two.clock.advance(2000);
  assert.equal(tonesHeard(second.heardCodes, true), ['dial']);
  second.putDown();
  two.hosts.primary.unplug();
  await two.clock.advance(3000);
  assert.is(two.backup.pair.status().role, 'backup-active');
  assert.ok(second.lampLit);
  await two.stop();
});

test.run();
