import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mostVariableCharacters } from '../../../firmware/callflow/variables/variables.ts';
import { UserVariables, mostUserVariables } from '../../../firmware/flows/user-variables.ts';
import { HalError } from '../../../hal/errors.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { ListLog } from '../../support/store-fixture.ts';

const open = (storage: SimStorage) => UserVariables.open(storage, 'variables', new ListLog());
const refused = async (work: Promise<void>, why: RegExp): Promise<void> => {
  const error = await work.then(() => null, (thrown: unknown) => thrown);
  assert.ok(error instanceof HalError && error.id === 'too-large', String(error));
  assert.match(error.message, why);
};

test('a value is there after a restart; one that was emptied is gone', async () => {
  const storage = new SimStorage();
  const variables = await open(storage);
  await variables.set('open', '1');
  await variables.set('night', 'yes');
  await variables.set('night', '');
  const again = await open(storage);
  assert.equal(again.all(), { open: '1' });
  assert.is(again.get('night'), '');
});

test('bounds: names, lengths, and how many', async () => {
  const variables = await open(new SimStorage());
  await refused(variables.set('1st', 'x'), /letters, digits and underscores/);
  await refused(variables.set('long', 'x'.repeat(mostVariableCharacters + 1)), /512 characters/);
  for (let n = 0; n < mostUserVariables; n += 1) await variables.set(`v${n}`, String(n));
  await refused(variables.set('more', 'x'), /200 user variables already/);
  await variables.set('v0', 'x'.repeat(mostVariableCharacters));
  assert.is(Object.keys(variables.all()).length, mostUserVariables);
});

test.run();
