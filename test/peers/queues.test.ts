// Queues of the built unit, with callers and agents that are sipp and baresip.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Baresip } from '../support/peers/baresip.ts';
import { find } from '../support/peers/correlation.ts';
import { figures } from '../support/peers/figures.ts';
import { freePorts } from '../support/peers/free-ports.ts';
import { wentWell } from '../support/peers/leave-calls.ts';
import { spoken } from '../support/peers/product-voice.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { writeTrack } from '../support/peers/rtp-track.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { sipp, Sipp } from '../support/peers/sipp.ts';
import { field, received } from '../support/peers/sipp-messages.ts';
import { speech } from '../support/peers/spoken.ts';
import { command, testWith } from '../support/skip.ts';

test.after(endPrograms);

const needsSipp = [command('sipp', 'sip-tester')];

async function queueAt(port: number, queue: Readonly<Record<string, unknown>>): Promise<RunningUnit> {
  return RunningUnit.start({
    mailboxes: ['201', '800'],
    settings: { health: { everySec: 60 }, peers: [{ name: 'pbx', addresses: ['127.0.0.1'], host: '127.0.0.1', port }], queues: [{ number: '800', agents: ['401', '402'], firstSec: 1, ...queue }] },
  });
}

testWith(needsSipp, 'three callers and two agents whose telephones are watched: none is called while in use, then two, then the third, in order', async () => {
  const port = await freePorts(2);
  const agents = await Sipp.start({ scenario: 'agents', port, calls: 5, values: { busyMs: 8000, talkMs: 2500 } });
  const unit = await queueAt(port, {});
  const callers = [];
  let shown = '';
  for (const [before, from] of ['501', '502', '503'].entries()) {
    callers.push(sipp({ scenario: 'waiting-caller', to: unit.sipPort, values: { number: '800', from: `<sip:${from}@[local_ip]:[local_port]>` } }));
    // Who called first is first: sipp's start may take longer than the time between two callers.
    const waits = new RegExp(`^800 +${before + 1} `, 'm');
    for (const until = Date.now() + 2000; !waits.test(shown) && Date.now() < until; await sleep(50)) shown = await unit.console('show queues');
  }
  assert.match(shown, /^800 +3 +0 /m);
  assert.match(shown, /^401 +800 +busy +- +active$/m);
  assert.equal(received(agents.messages, 'INVITE'), [], 'nobody is called who is in use');
  for (const end of await Promise.all(callers)) wentWell(end);
  assert.equal(received(agents.messages, 'INVITE').map((invite) => /sip:(\d+)@/.exec(field(invite, 'From'))?.[1]), ['501', '502', '503']);
  assert.match(await unit.console('show queues'), /^800 .* 3 +3 +0 +0$/m);
  assert.match(await unit.console('show calls'), 'no calls');
  await unit.mustStop();
  wentWell(await agents.ended, 5);
});

testWith(needsSipp, 'pbx-gone: no agent can be reached; who has waited long enough leaves a message', async () => {
  const unit = await queueAt(await freePorts(2), { mostWaitSec: 10, ringSec: 5, watch: false });
  const track = writeTrack(path.join(mkdtempSync(path.join(tmpdir(), 'queue-')), 'late.pcap'), [11_500, '#', 1500, speech(800, 3000, 0), 100], 0);
  wentWell(await sipp({ scenario: 'call-and-hang-up', to: unit.sipPort, values: { number: '800', payload: 0, track: track.file, trackMs: track.ms + 300 } }));
  const [message] = await unit.messagesOnce('800', 1);
  assert.ok((message?.durationMs ?? 0) > 2500, JSON.stringify(message));
  assert.match(await unit.console('show queues'), /^800 .* 1 +0 +0 +1$/m);
  await unit.mustStop();
});

testWith([command('baresip', 'baresip-core')], 'a caller and an agent, both baresip, hear each other through the queue', async () => {
  const [question, answer] = ['Good morning, I have a question.', 'Thank you for waiting.'];
  const agent = await Baresip.start({ number: '401', account: ';answermode=auto' });
  const caller = await Baresip.start({ number: '501' });
  const unit = await queueAt(agent.sipPort, { agents: ['401'], watch: false });
  await caller.call('800', unit.sipPort);
  await agent.event('CALL_ESTABLISHED', 10_000);
  await sleep(500);
  assert.match(await unit.console('show calls'), 'talks as agent 401');
  await caller.say(await spoken(question));
  await agent.say(await spoken(answer));
  await sleep(5000);
  await agent.hangUp();
  await caller.event('CALL_CLOSED', 5000);
  await Promise.all([agent.quit(), caller.quit()]);
  const [atAgent, atCaller] = [find(await spoken(question), agent.recording('heard')), find(await spoken(answer), caller.recording('heard'))];
  figures('through the queue', { 'at the agent': atAgent.correlation, 'at the caller': atCaller.correlation });
  assert.ok(atAgent.correlation > 0.9 && atCaller.correlation > 0.9, `${atAgent.correlation} and ${atCaller.correlation}`);
  await unit.mustStop();
});

test.run();
