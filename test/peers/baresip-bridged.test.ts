// Calls between simulated lines and baresip, through the built unit in real time.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tone } from '../support/media/signals.ts';
import { Baresip } from '../support/peers/baresip.ts';
import { find } from '../support/peers/correlation.ts';
import { figures } from '../support/peers/figures.ts';
import { spoken } from '../support/peers/product-voice.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { command, testWith } from '../support/skip.ts';

/** G.711 alone costs 0.0005; the bridge may drop or repeat some milliseconds of a pause. */
const same = 0.98;
const text = 'Good morning, this is a call from the street. Is anybody there?';

test.after(endPrograms);

async function unitFor(phone: Baresip): Promise<RunningUnit> {
  return RunningUnit.start({
    settings: {
      peers: [{ name: 'local', addresses: ['127.0.0.1'], host: '127.0.0.1', port: phone.sipPort }],
      lines: [{ name: 'street', device: 'trunk-1', kind: 'trunk', zone: 'us' }, { name: 'desk', device: 'phone-1', kind: 'phone', number: '305', peer: 'local' }],
      incoming: [{ name: 'all', extension: '301', peer: 'local', mailbox: '201' }],
    },
  });
}

testWith([command('baresip', 'baresip-core')], 'trunk-to-baresip: it answers, each side hears what the other says', async () => {
  const phone = await Baresip.start({ account: ';answermode=auto' });
  const unit = await unitFor(phone);
  const call = unit.console(`line ring street --from 5551234 --say "${text}"`, 60_000);
  await phone.event('CALL_ESTABLISHED', 20_000);
  await sleep(1000);
  assert.match(await phone.command('listcalls'), '5551234');
  // What the caller waits for before it speaks: heard through the bridge, or the call goes on for ever.
  await phone.say(tone(1000, -10, 600));
  const told = await call;
  assert.match(told, 'heard the beep');
  assert.match(told, 'the test call is done');
  await phone.event('CALL_CLOSED', 5000);
  await phone.quit();
  const heard = find(await spoken(text), phone.recording('heard'));
  figures('from the line', { speech: heard.correlation });
  assert.ok(heard.correlation > same, `what baresip heard: ${heard.correlation}`);
  await unit.mustStop();
});

testWith([command('baresip', 'baresip-core')], 'baresip-to-telephone and back: it rings, is lifted, keys arrive, and a call the other way ends when it is put down', async () => {
  const phone = await Baresip.start({ account: ';answermode=auto' });
  const unit = await unitFor(phone);
  const dialled = phone.call('305', unit.sipPort);
  await sleep(1500);
  assert.match(await unit.console('show calls'), 'rings telephone 305');
  await unit.console('phone lift desk');
  await dialled;
  await sleep(500);
  assert.match(await unit.console('show calls'), 'talks to telephone 305');
  await phone.hangUp();
  await unit.console('phone down desk');
  await sleep(500);
  await unit.console('phone lift desk');
  await sleep(500);
  await unit.console('phone keys desk 301#');
  await phone.event('CALL_ESTABLISHED', 10_000, 2);
  await sleep(500);
  assert.match(await unit.console('show calls'), 'talks to 301 at local');
  await unit.console('phone down desk');
  await phone.event('CALL_CLOSED', 5000, 2);
  await sleep(500);
  assert.match(await unit.console('show calls'), 'no calls');
  await phone.quit();
  await unit.mustStop();
});

test.run();
