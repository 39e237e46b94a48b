// The unit registers at a PBX: sipp challenges with MD5, checks the response and grants twelve seconds.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePorts } from '../support/peers/free-ports.ts';
import { wentWell } from '../support/peers/leave-calls.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { testSideBySide } from '../support/peers/side-by-side.ts';
import type { SippCall } from '../support/peers/sipp.ts';
import { Sipp } from '../support/peers/sipp.ts';
import type { TracedMessage } from '../support/peers/sipp-messages.ts';
import { field, received } from '../support/peers/sipp-messages.ts';
import { command, requires } from '../support/skip.ts';

const missing = requires(command('sipp', 'sip-tester'));
const grantedMs = 12_000;
const login = { user: 'unit', password: 'correct-horse' };

interface Site {
  readonly registrar: Sipp;
  readonly unit: RunningUnit;
}

async function site(password: string, transport: 'udp' | 'tcp'): Promise<Site> {
  const port = await freePorts(2);
  const call: SippCall = { scenario: 'registrar', port, transport, values: login, limitMs: 50_000 };
  const registrar = await Sipp.start(call);
  await sleep(500);
  const peer = { name: 'pbx', addresses: ['127.0.0.1'], host: '127.0.0.1', port, transport, register: { user: login.user, password } };
  return { registrar, unit: await RunningUnit.start({ ports: 1, settings: { peers: [peer] } }) };
}

async function waitFor(registrar: Sipp, start: string, count: number): Promise<TracedMessage[]> {
  const seen = (): TracedMessage[] => registrar.messages.filter(({ text }) => text.startsWith(start));
  for (let tries = 0; seen().length < count && tries < 200; tries++) await sleep(100);
  assert.ok(seen().length >= count, `${seen().length} of ${count} times "${start}"`);
  return seen();
}

async function registersUntilStopped(transport: 'udp' | 'tcp'): Promise<void> {
  const { registrar, unit } = await site(login.password, transport);
  const [, accepted, refresh] = await waitFor(registrar, 'REGISTER', 3);
  await waitFor(registrar, 'SIP/2.0 200', 2);
  const peers = await unit.console('show peers');
  assert.ok(/pbx .*registered: for 12 s as unit/.test(peers), peers);
  await unit.mustStop();
  const end = await registrar.ended;
  wentWell(end);
  const afterMs = (refresh?.atMs ?? 0) - (accepted?.atMs ?? 0);
  assert.ok(afterMs > grantedMs / 2 && afterMs < grantedMs, `refreshed after ${afterMs} ms`);
  const registers = received(end.messages, 'REGISTER');
  assert.equal(registers.map((message) => field(message, 'Expires')), ['3600', '3600', '3600', '0'], 'one challenge; the last takes the registration back');
  const counts = registers.map((message) => /nc=(\d+)/.exec(field(message, 'Authorization'))?.[1]);
  assert.equal(counts.filter((count) => count !== undefined), ['00000001', '00000002', '00000003'], 'uses of one nonce are counted (RFC 7616 3.4)');
  assert.is(new Set(registers.map((message) => field(message, 'Call-ID'))).size, 1);
}

async function isRefused(): Promise<void> {
  const { registrar, unit } = await site('wrong-horse', 'udp');
  await waitFor(registrar, 'SIP/2.0 403', 1);
  wentWell(await registrar.ended);
  await unit.waitForLog('registration-failed', 1, 5000);
  assert.match(await unit.console('show peers'), /failed: 403/);
  await unit.mustStop();
}

testSideBySide(missing, {
  'registers with MD5 over UDP, refreshes in time, and takes it back at the end': () => registersUntilStopped('udp'),
  'registers with MD5 over TCP, refreshes in time, and takes it back at the end': () => registersUntilStopped('tcp'),
  'a wrong password is told by the log and the console': isRefused,
});
test.after(endPrograms);
test.run();
