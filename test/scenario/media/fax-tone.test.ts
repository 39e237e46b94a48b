// The calling tone of a fax machine is looked for where control says so, and nowhere else.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MediaStage } from '../../support/media/media-stage.ts';
import { tone, ulaw } from '../../support/media/signals.ts';

const oneTone = ulaw(tone(1100, -10, 500));

/** A session to which one tone comes; how often it was told. */
async function told(listens: (stage: MediaStage) => void): Promise<number> {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  listens(stage);
  phone.speak(Uint8Array.from([...oneTone, ...new Uint8Array(8000).fill(0xff)]));
  await stage.clock.advance(2500);
  await stage.end();
  return stage.of('fax-tone').length;
}

test('told once where it is listened for', async () => {
  assert.is(await told((stage) => stage.command('listen-for-fax', { on: true })), 1);
});

test('nobody listens at first, and no more when that is taken back', async () => {
  assert.is(await told(() => undefined), 0);
  assert.is(await told((stage) => [true, false].forEach((on) => stage.command('listen-for-fax', { on }))), 0);
});

test('the next session on the port begins without', async () => {
  assert.is(await told((stage) => {
    stage.command('listen-for-fax', { on: true });
    stage.command('stop', {});
    stage.start({}, 2);
  }), 0);
});

test.run();
