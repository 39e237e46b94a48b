// Callers who leave a greeting by key 0: real stacks take REFER, refuse it, or are never asked.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Baresip } from '../support/peers/baresip.ts';
import { figures } from '../support/peers/figures.ts';
import { piecesHeard } from '../support/peers/pieces-heard.ts';
import { spoken } from '../support/peers/product-voice.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { onlyOnce } from '../support/peers/side-by-side.ts';
import { sipp } from '../support/peers/sipp.ts';
import { command, testWith } from '../support/skip.ts';

const question = 'Good morning, this is a call from the street.';
const answer = 'This is the reception of the big house by the river.';

test.after(endPrograms);

const unitFor = (reception: Baresip, method: 'refer' | 'bridge'): Promise<RunningUnit> =>
  RunningUnit.start({ settings: { peers: [{ name: 'local', addresses: ['127.0.0.1'], host: '127.0.0.1', port: reception.sipPort }], transfers: { method }, breakout: { key0: '300' } } });

const needs = [command('baresip', 'baresip-core')];
const needsSipp = [...needs, command('sipp', 'sip-tester')];

testWith(needs, 'baresip-bridged: the unit stays between two phones, and each hears what the other says', async () => {
  const reception = await Baresip.start({ number: '300', account: ';answermode=auto' });
  const caller = await Baresip.start({ number: '301' });
  const unit = await unitFor(reception, 'bridge');
  await caller.call('201', unit.sipPort);
  await sleep(800);
  await caller.keys('0');
  await reception.event('CALL_ESTABLISHED', 5000);
  await sleep(500);
  assert.match(await unit.console('show calls'), /talks with the caller/);
  await Promise.all([caller.say(await spoken(question)), reception.say(await spoken(answer))]);
  await sleep(4500);
  await reception.hangUp();
  await caller.event('CALL_CLOSED', 5000);
  await Promise.all([reception.quit(), caller.quit()]);
  const there = piecesHeard(await spoken(question), reception.recording('heard'));
  const here = piecesHeard(await spoken(answer), caller.recording('heard'));
  figures('joined ports, pieces heard', { 'caller to reception': there, 'reception to caller': here });
  assert.ok(there > 0.7, `of what the caller said the reception heard ${there}`);
  assert.ok(here > 0.7, `of what the reception said the caller heard ${here}`);
  assert.match(await unit.console('show calls'), 'no calls');
  await unit.mustStop();
});

/** For all that goes by REFER: a unit, and the phone that it sends callers to. */
const referring = onlyOnce(async () => {
  const reception = await Baresip.start({ number: '300', account: ';answermode=auto' });
  return { reception, unit: await unitFor(reception, 'refer') };
});

testWith(needs, 'baresip-referred: the caller\'s own phone calls the reception, and the unit has nothing more to do with it', async () => {
  const { reception, unit } = await referring();
  const caller = await Baresip.start({ number: '301' });
  await caller.call('201', unit.sipPort);
  await sleep(800);
  await caller.keys('0');
  await reception.event('CALL_ESTABLISHED', 8000);
  await sleep(1000);
  assert.match(await unit.console('show calls'), 'no calls');
  await reception.hangUp();
  await caller.quit();
});

testWith(needsSipp, 'sipp-refuses: a PBX that answers REFER with 405 or 501 is called instead', async () => {
  const { reception, unit } = await referring();
  for (const status of ['405', '501']) {
    const nth = reception.happened('CALL_ESTABLISHED') + 1;
    const call = sipp({ scenario: 'refuses-refer', to: unit.sipPort, values: { number: '201', status, talkMs: '1000' } });
    await reception.event('CALL_ESTABLISHED', 8000, nth);
    const { code, errors } = await call;
    assert.is(code, 0, errors);
    await reception.event('CALL_CLOSED', 5000, nth);
  }
  await sleep(300);
  assert.match(await unit.console('show calls'), 'no calls');
});

testWith(needsSipp, 'sipp-takes: a PBX that takes REFER and reports is left alone with the caller', async () => {
  const { reception, unit } = await referring();
  const { code, errors } = await sipp({ scenario: 'takes-refer', to: unit.sipPort, values: { number: '201', report: '200 OK' } });
  assert.is(code, 0, errors);
  await sleep(300);
  assert.match(await unit.console('show calls'), 'no calls');
  await reception.quit();
  await unit.mustStop();
});

test.run();
