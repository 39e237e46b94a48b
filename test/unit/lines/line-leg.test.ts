import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LineLeg } from '../../../firmware/lines/line-leg.ts';
import { LineRun } from '../../../firmware/lines/line-run.ts';
import type { LineTold } from '../../../firmware/lines/line-state.ts';
import type { LineSettings } from '../../../firmware/config/line-settings.ts';
import { silentLog } from '../../../firmware/log.ts';
import type { LineCapabilities } from '../../../hal/line.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';

const settings = { name: 't', device: 'x', kind: 'trunk', number: '555', zone: 'us', callerId: 'none', answerAfterRings: 1, disconnectTone: true, silenceSec: 0 } as unknown as LineSettings;
const capabilities = { law: 'PCMA' } as LineCapabilities;
const local = { address: '', rtpPort: 0, codecs: [] };

/** A leg on a line that rings and has been offered. */
async function world() {
  const clock = new SimClock();
  const sent: string[] = [];
  const told: string[] = [];
  const run = new LineRun({ clock, log: silentLog, send: (command) => void sent.push(command.type === 'line' ? command.command.type : command.type) }, 3, settings);
  const leg = new LineLeg(clock, 'l1', run, { callerId: { number: '030', name: 'Ada', absent: null }, target: '201', reason: 'default' });
  run.told = (news: LineTold) => {
    if (news.type === 'answered') leg.established();
    if (news.type === 'ended') leg.end({ by: news.by, status: null, text: news.text });
  };
  leg.use({
    established: ({ codec, remote }) => void told.push(`established ${codec} ${remote}`),
    mediaChanged: () => void told.push('changed'),
    digit: () => void told.push('digit'),
    ended: ({ by, status, text }) => void told.push(`ended ${by} ${status} ${text}`),
  });
  run.opened(capabilities);
  run.happened({ sample: 0, type: 'ring-started' });
  run.happened({ sample: 0, type: 'ring-stopped' });
  return { clock, sent, told, run, leg };
}

test('its facts are those of the line: caller, name of the line, target of the route', async () => {
  const { leg } = await world();
  const { caller, peer, originalTarget, dialled, transport } = leg.facts;
  assert.equal([caller.number, caller.name, peer, originalTarget, dialled, transport, leg.line], ['030', 'Ada', 't', '201', '555', 'line', 3]);
  assert.equal([leg.record(), leg.sharedAddress], [null, null], 'no other unit can carry it on');
});

test('an answer seizes the line; it stands when the line is off-hook, and that is told in the next turn', async () => {
  const { clock, sent, told, run, leg } = await world();
  leg.answer(local);
  assert.equal([sent, leg.state], [['seize'], 'answering']);
  run.happened({ sample: 0, type: 'off-hook' });
  assert.equal(told, [], 'not from inside');
  await clock.advance(0);
  assert.equal([told, leg.state], [['established PCMA null'], 'established']);
});

test('a refusal leaves the line ringing, to be offered again only after a 503', async () => {
  for (const [status, offered] of [[503, false], [404, true]] as const) {
    const { clock, sent, told, run, leg } = await world();
    leg.reject(status, 'no');
    await clock.advance(0);
    assert.equal([sent, told], [[], [`ended local ${status} not answered: no`]]);
    assert.is(run.state.name === 'ringing' && run.state.offered, offered);
  }
});

test('a hang-up puts the line on-hook and is told with its own reason, once', async () => {
  const { clock, sent, told, run, leg } = await world();
  leg.answer(local);
  run.happened({ sample: 0, type: 'off-hook' });
  leg.hangUp('the flow has ended');
  leg.hangUp('again');
  await clock.advance(0);
  run.happened({ sample: 0, type: 'on-hook' });
  await clock.advance(0);
  assert.equal(sent, ['seize', 'release']);
  assert.equal(told, ['established PCMA null', 'ended local null the flow has ended']);
});

test('a hang-up before the answer, and a redirection, let the line ring on', async () => {
  const { clock, sent, told, leg } = await world();
  leg.hangUp('the unit is stopping');
  await clock.advance(0);
  assert.equal([sent, told], [[], ['ended local null the unit is stopping']]);
  const other = await world();
  other.leg.redirect('sip:201@192.0.2.1');
  await other.clock.advance(0);
  assert.equal(other.told, ['ended local 302 not answered: it could only be served at sip:201@192.0.2.1']);
});

test('an ended leg does nothing any more', async () => {
  const { clock, sent, told, leg } = await world();
  leg.reject(404, 'no');
  leg.answer(local);
  leg.ring();
  leg.established();
  leg.end({ by: 'remote', status: null, text: 'again' });
  leg.release();
  await clock.advance(0);
  assert.equal([sent, told.length, leg.state], [[], 1, 'ended']);
});

test.run();
