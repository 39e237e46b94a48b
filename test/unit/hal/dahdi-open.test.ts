// What opening a DAHDI channel can end in, and what is said then.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errnos, signalling } from '../../../hal/drivers/dahdi/dahdi-numbers.ts';
import { driverSet } from '../../../hal/driver-set.ts';
import { registerLinux } from '../../../hal/drivers/linux/register.ts';
import { HalError, type HalErrorId } from '../../../hal/errors.ts';
import type { LineKind } from '../../../hal/line.ts';
import { dahdiRequest, FakeDahdi } from '../../support/dahdi/fake-dahdi.ts';

async function refusal(fake: FakeDahdi, kind: LineKind = 'trunk', place = '5'): Promise<string> {
  try {
    await fake.driver.open(dahdiRequest(kind, {}, place));
    return 'opened';
  } catch (error) {
    if (error instanceof HalError) return `${error.id}: ${error.message}`;
    throw error;
  }
}

test('no module, no permission: said with the remedy', async () => {
  const fake = new FakeDahdi();
  for (const [id, remedy] of [['not-found', /is the dahdi module loaded/], ['permission-denied', /group dahdi/], ['busy', /another program/]] as const) {
    fake.openFails = id;
    assert.match(await refusal(fake), new RegExp(`^${id}: `));
    assert.match(await refusal(fake), remedy);
  }
});

test('a channel that is not there, or has no signalling, or is in use', async () => {
  const fake = new FakeDahdi();
  assert.match(await refusal(fake), /^not-found: .*no channel 5/);
  fake.port(5).refusals.specify = errnos.ENXIO;
  assert.match(await refusal(fake), /^unsupported: .*no signalling.*dahdi_cfg/);
  fake.port(5, 0);
  assert.match(await refusal(fake), /^unsupported: .*no signalling/);
  fake.port(5);
  await fake.driver.open(dahdiRequest('trunk'));
  assert.match(await refusal(fake), /^busy: .*another program/);
  assert.match(await refusal(fake, 'trunk', '/dev/dahdi/chan/001/5'), /^busy: /);
});

test('the signalling must be that of the port that is wanted', async () => {
  const fits: Readonly<Record<LineKind, readonly number[]>> = { trunk: [signalling.fxsKewlStart, signalling.fxsLoopStart], phone: [signalling.fxoKewlStart, signalling.fxoLoopStart] };
  for (const sig of [...Object.values(signalling), 1 << 7, 1 << 15]) {
    for (const kind of ['trunk', 'phone'] as const) {
      const fake = new FakeDahdi();
      const port = fake.port(5, sig);
      const answer = await refusal(fake, kind);
      if (fits[kind].includes(sig)) assert.is(answer, 'opened', `${kind} 0x${sig.toString(16)}`);
      else {
        assert.match(answer, new RegExp(`^unsupported: .*a ${kind} port is ${kind === 'trunk' ? 'fxsks' : 'fxoks'}`));
        assert.not(port.open, 'what was refused is closed again');
      }
    }
  }
});

test('how a far end that goes is seen depends on the signalling', async () => {
  const seen = async (sig: number, kind: LineKind, options = {}): Promise<readonly string[]> => {
    const fake = new FakeDahdi();
    fake.port(5, sig);
    return (await fake.driver.open(dahdiRequest(kind, options))).capabilities.disconnect;
  };
  assert.equal(await seen(signalling.fxsKewlStart, 'trunk'), ['loop', 'polarity', 'battery']);
  assert.equal(await seen(signalling.fxsLoopStart, 'trunk', { reversal: 'ignored' }), ['battery']);
  assert.equal(await seen(signalling.fxoKewlStart, 'phone'), []);
});

test('every errno of every call that opening needs becomes an error with its place, and leaves nothing open', async () => {
  const meanings: readonly (readonly [number, HalErrorId])[] = [
    [errnos.EBUSY, 'busy'], [errnos.ENODEV, 'not-found'], [errnos.ENXIO, 'not-found'], [errnos.ENOTTY, 'unsupported'], [errnos.EINVAL, 'unsupported'], [errnos.ENOSYS, 'unsupported'],
    [errnos.EIO, 'io'], [errnos.EBADF, 'closed'], [12, 'no-space'], [14, 'io'],
  ];
  for (const request of ['getParams', 'setBufferInfo'] as const) {
    for (const [errno, id] of meanings) {
      const fake = new FakeDahdi();
      const port = fake.port(5);
      port.refusals[request] = errno;
      assert.match(await refusal(fake), new RegExp(`^${id}: 5: `), `${request} ${errno}`);
      assert.not(port.open);
    }
  }
});

test('what opening can do without is tried and left', async () => {
  for (const request of ['bufferEvents', 'echoCancel', 'toneDetect', 'messageWaitingConfig'] as const) {
    for (const errno of [errnos.ENOTTY, errnos.EINVAL, errnos.ENOSYS, errnos.EIO, errnos.ENODEV]) {
      const fake = new FakeDahdi();
      fake.port(5, signalling.fxoKewlStart).refusals[request] = errno;
      assert.is(await refusal(fake, 'phone'), 'opened', `${request} ${errno}`);
    }
  }
});

test('a wrong option is refused before anything is opened', async () => {
  const fake = new FakeDahdi();
  const port = fake.port(5);
  try {
    await fake.driver.open(dahdiRequest('trunk', { speed: '3' }));
    assert.unreachable();
  } catch (error) {
    assert.ok(error instanceof HalError && error.id === 'unsupported');
  }
  assert.not(port.open);
});

test('a board picks it by name; this machine, without the module, says so', async () => {
  const drivers = driverSet();
  registerLinux(drivers);
  const driver = drivers.line.make('dahdi', undefined);
  assert.is(driver.name, 'dahdi');
  try {
    await driver.open(dahdiRequest('trunk', {}, '1000'));
    assert.unreachable();
  } catch (error) {
    assert.ok(error instanceof HalError && ['not-found', 'permission-denied'].includes(error.id), String(error));
  }
});

test.run();
