// The unit calls about a message, and sipp is the telephone: it keys number and PIN as RFC 4733 events, and deletes the message.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePorts } from '../support/peers/free-ports.ts';
import { hasMessage, leave, wentWell } from '../support/peers/leave-calls.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { writeTrack } from '../support/peers/rtp-track.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { Sipp } from '../support/peers/sipp.ts';
import { command, root, testWith } from '../support/skip.ts';

const needs = [command('sipp', 'sip-tester'), root];
const folder = mkdtempSync(path.join(tmpdir(), 'outcall-'));

test.after(endPrograms);

testWith(needs, 'sipp is called about a message, logs in by keys and deletes it; the next time it wants no more calls', async () => {
  const port = await freePorts(2);
  const unit = await RunningUnit.start({ ports: 4, mailboxes: ['201'], settings: { peers: [{ name: 'phone', addresses: ['127.0.0.1'], host: '127.0.0.1', port }] } });
  assert.match(await unit.console('mailbox 201 escalation desk --retries 1 --every 1'), /order +desk/);
  assert.match(await unit.console('mailbox 201 outcalling on'), /outcalling +on/);
  const keyed = writeTrack(path.join(folder, 'log-in.pcap'), [2500, '201#', 2500, `${await unit.pin('201')}#`, 6000, '4', 2000]);
  const owner = await Sipp.start({ scenario: 'answers-with-keys', port, values: { track: keyed.file, trackMs: keyed.ms + 200 } });
  wentWell(await leave(unit, { mailbox: '201' }));
  await hasMessage(unit, '201');
  wentWell(await owner.ended);
  await sleep(1000);
  assert.match(await unit.console('show messages 201 --deleted'), / deleted$/m);
  assert.equal(await unit.messages('201'), []);
  const stopped = writeTrack(path.join(folder, 'stop.pcap'), [1500, '*#', 5000]);
  const again = await Sipp.start({ scenario: 'answers-with-keys', port, values: { track: stopped.file, trackMs: stopped.ms } });
  wentWell(await leave(unit, { mailbox: '201' }));
  await hasMessage(unit, '201');
  for (let tries = 0; tries < 60 && !(await unit.console('show outcalls')).includes('nobody is to be called'); tries++) await sleep(200);
  const shown = await unit.console('show outcalls');
  assert.match(shown, 'nobody is to be called');
  assert.match(shown, '0 of 500 calls to numbers outside today');
  assert.match(await unit.console('show log 40'), 'wants no more calls about these messages');
  assert.equal((await unit.messages('201')).map(({ state }) => state), ['new']);
  await again.stop();
  await unit.mustStop();
});

test.run();
