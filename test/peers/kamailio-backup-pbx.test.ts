// Two Kamailios, one the PBX and one its backup, and the built unit between them. What is measured here is real time.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SampleChoices } from '../../firmware/config/sample.ts';
import { printTimes } from '../support/distribution.ts';
import { figure } from '../support/figure.ts';
import { builtUnit } from '../support/peers/built-unit.ts';
import { freePorts } from '../support/peers/free-ports.ts';
import type { PbxChoices } from '../support/peers/kamailio-pbx.ts';
import { KamailioPbx, unitUser } from '../support/peers/kamailio-pbx.ts';
import { endKamailios } from '../support/peers/kamailio-process.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import type { SippEnd } from '../support/peers/sipp.ts';
import { sipp } from '../support/peers/sipp.ts';
import { command, testWith } from '../support/skip.ts';

const needs = [command('kamailio', 'kamailio'), command('sipp', 'sip-tester')];
/** What is promised. */
const mostMs = 2000;
const returnSec = 3;

interface Site {
  readonly a: KamailioPbx;
  readonly b: KamailioPbx;
  readonly unit: RunningUnit;
}

/** A unit that registers as `user` at the first, and at the second while that is lost. */
async function startUnit([a, b]: readonly [KamailioPbx, KamailioPbx], transport: 'udp' | 'tcp', user = unitUser): Promise<RunningUnit> {
  const peer = (name: string, { address, port }: KamailioPbx): object => ({
    name, addresses: [address], host: address, port, lamps: 'none', transport, register: { user, password: 'walnut-7', expiresSec: 600 },
  });
  const peers = [peer('a', a), { ...peer('b', b), backupOf: 'a' }] as NonNullable<SampleChoices['peers']>;
  const unit = await RunningUnit.start({ mailboxes: ['201'], settings: { peers, sip: { returnSec } } });
  await unit.waitForLog('registered', 1, 5000);
  assert.match(unit.logged('registered')[0] ?? '', /Registered at a /);
  return unit;
}

async function withSite(choices: Partial<PbxChoices>, body: (site: Site) => Promise<void>): Promise<void> {
  builtUnit();
  const port = await freePorts(2);
  const [a, b] = ['127.0.0.2', '127.0.0.3'].map((address) => new KamailioPbx({ address, port, ...choices })) as [KamailioPbx, KamailioPbx];
  await Promise.all([a.start(), b.start()]);
  const unit = await startUnit([a, b], choices.transport ?? 'udp');
  try {
    await body({ a, b, unit });
    await unit.mustStop();
  } finally {
    await unit.kill();
    await Promise.all([a.kill(), b.kill()]);
  }
}

/** Real time from now until the unit has registered once more. */
async function untilRegistered(unit: RunningUnit, where: string, limitMs: number): Promise<number> {
  const before = unit.logged('registered').length;
  const began = performance.now();
  await unit.waitForLog('registered', before + 1, limitMs);
  const tookMs = performance.now() - began;
  assert.match(unit.logged('registered').at(-1) ?? '', new RegExp(`Registered at ${where} `));
  return tookMs;
}

const call = (pbx: KamailioPbx, scenario: 'through-pbx' | 'unknown-at-pbx'): Promise<SippEnd> =>
  sipp({ scenario, values: { number: '201', withinMs: 2000, talksMs: 700 }, more: [`${pbx.address}:${pbx.port}`], limitMs: 15_000 });

async function reaches(pbx: KamailioPbx, scenario: 'through-pbx' | 'unknown-at-pbx' = 'through-pbx'): Promise<void> {
  const end = await call(pbx, scenario);
  assert.ok(end.code === 0 && end.successful === 1, `${scenario}: sipp ended with ${end.code}\n${end.errors}\n${end.messages.map(({ sent, text }) => `${sent ? '>' : '<'} ${text}`).join('\n')}`.slice(0, 6000));
}

const figures = (what: string, times: readonly number[]): string => {
  const sorted = [...times].sort((one, other) => one - other).map(Math.round);
  return `${what}: p50 ${sorted[sorted.length >> 1]} ms, most ${sorted.at(-1)} ms of ${sorted.length}`;
};

testWith(needs, 'kill -9 of the PBX: registered at the backup within 2 s, calls come through it; the PBX starts again: back to it', () =>
  withSite({}, async ({ a, b, unit }) => {
    await reaches(a);
    await reaches(b, 'unknown-at-pbx');
    await a.kill();
    const tookMs = await untilRegistered(unit, 'b', 10_000);
    figure(figures('kill -9 of the PBX until registered at the backup', [tookMs]));
    assert.ok(tookMs <= mostMs, `${tookMs} ms`);
    await reaches(b);
    assert.match(await unit.console('show peers'), /^a +lost .*\nb +in use .* registered: /m);
    await a.start();
    const backMs = await untilRegistered(unit, 'a', 15_000);
    figure(figures(`start of the PBX until registered there again, ${returnSec} s of which it must answer`, [backMs]));
    assert.ok(backMs >= returnSec * 1000 && backMs <= returnSec * 1000 + 3500, `${backMs} ms`);
    await reaches(a);
    await reaches(b, 'unknown-at-pbx');
    assert.equal([unit.logged('pbx-lost').length, unit.logged('pbx-back').length, unit.logged('pbx-in-use').length], [1, 1, 2]);
  }));

testWith(needs, 'the PBX of six units hangs (SIGSTOP) and goes on, five times, with SHA-256 digest: thirty moves to the backup within 2 s each', () =>
  withSite({ password: 'walnut-7' }, async ({ a, b, unit }) => {
    const more = await Promise.all(['901', '902', '903', '904', '905'].map((user) => startUnit([a, b], 'udp', user)));
    const all = [unit, ...more];
    try {
      const times: number[] = [];
      for (let round = 0; round < 5; round++) {
        await sleep(170 * round);
        a.signal('SIGSTOP');
        times.push(...(await Promise.all(all.map((one) => untilRegistered(one, 'b', 10_000)))));
        await reaches(b);
        a.signal('SIGCONT');
        await Promise.all(all.map((one) => untilRegistered(one, 'a', 15_000)));
      }
      printTimes({ 'the PBX hangs until registered at the backup': times });
      assert.is(times.length, 30);
      assert.ok(Math.max(...times) <= mostMs, `${times} ms`);
      await reaches(a);
    } finally {
      await Promise.all(more.map((one) => one.kill()));
    }
  }));

testWith(needs, 'kill -9 of a PBX on TCP: registered at the backup within 2 s, and back on a new connection', () =>
  withSite({ transport: 'tcp' }, async ({ a, unit }) => {
    await a.kill();
    const tookMs = await untilRegistered(unit, 'b', 10_000);
    figure(figures('kill -9 of a PBX on TCP until registered at the backup', [tookMs]));
    assert.ok(tookMs <= mostMs, `${tookMs} ms`);
    await a.start();
    await untilRegistered(unit, 'a', 15_000);
  }));

test.after(endPrograms);
test.after(endKamailios);

test.run();
