// The control thread stands still while the record tone ends (files, other calls, memory): the media thread has begun to record by then.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ulawEncode } from '../../../hal/g711.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimSite } from '../../support/sim-site.ts';
import { testConfiguration, testSettings } from '../../support/sim-unit.ts';

type Call = ReturnType<SimSite['phone']>;

/** No two parts of it are alike. */
function words(ms: number): Int16Array {
  const random = new SimRandom(5);
  return Int16Array.from({ length: ms * 8 }, () => random.below(16_000) - 8000);
}

const asStored = (samples: Int16Array): Buffer => Buffer.from(Uint8Array.from(samples, (sample) => ulawEncode[sample + 32_768] as number));

/** Calls 201 and speaks right after the tone; control hears nothing of the port from amid the tone on, for so long. */
async function speaksWhileControlIsLate(site: SimSite, lateMs: number, spoken: Int16Array): Promise<Call> {
  const call = site.phone({ target: '201', speak: spoken, script: 's' });
  assert.ok(await site.clock.until(() => site.unit.calls.summaries()[0]?.doing === 'beep', 20_000));
  await site.clock.advance(300);
  site.made.controlStandsStill(lateMs);
  return call;
}

async function message(site: SimSite): Promise<Buffer> {
  const [found] = site.unit.store.list('201');
  assert.ok(found !== undefined, 'no message');
  const reader = await site.unit.store.reader('201', found.id);
  const bytes = await reader.read(0, found.bytes);
  await reader.close();
  return Buffer.from(bytes);
}

const allIn = (heard: Buffer, spoken: Int16Array): void => assert.ok(heard.includes(asStored(spoken)), `words are missing in ${heard.length / 8} ms`);

test('control-late-by-half-a-second-after-the-tone: every word is in the message, and the tone is not', async () => {
  const site = await SimSite.start();
  const spoken = words(4000);
  const call = await speaksWhileControlIsLate(site, 600, spoken);
  await site.during(call.end);
  await site.clock.advance(500);
  const heard = await message(site);
  allIn(heard, spoken);
  assert.ok(heard.length < asStored(spoken).length + 1000 * 8, `lasts ${heard.length / 8} ms`);
  assert.is(site.unit.calls.ports.inUse, 0);
  await site.stop();
});

test('control-late-until-the-caller-has-hung-up: the whole message is there, though the hang-up is known before the end of the tone', async () => {
  const site = await SimSite.start();
  const spoken = words(2000);
  const call = await speaksWhileControlIsLate(site, 5000, spoken);
  await site.during(call.end);
  assert.is(site.unit.calls.summaries()[0]?.doing, 'draining');
  await site.clock.advance(5000);
  allIn(await message(site), spoken);
  assert.is(site.unit.calls.ports.inUse, 0);
  await site.stop();
});

test('control-late-for-longer-than-a-message-may-last: its length counts from the tone on, not from when control knows', async () => {
  const site = await SimSite.start({ settings: testSettings(testConfiguration.replace('maxSec: 60', 'maxSec: 10')) });
  const spoken = words(12_000);
  const call = await speaksWhileControlIsLate(site, 3000, spoken);
  await site.clock.advance(20_000);
  const heard = await message(site);
  assert.is(heard.length, 10_000 * 8);
  assert.ok(heard.includes(asStored(spoken).subarray(0, 9000 * 8)), 'its begin is there');
  await site.during(call.end);
  await site.stop();
});

test.run();
