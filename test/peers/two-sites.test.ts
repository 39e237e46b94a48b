// Scenario 2: a PBX and a unit at each of two sites. Kamailio is the PBX, sipp the caller, each machine a network namespace.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SampleChoices } from '../../firmware/config/sample.ts';
import { figure } from '../support/figure.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { endPbxs, KamailioPbx, unitUser } from '../support/peers/kamailio-pbx.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import type { RunningUnit } from '../support/peers/running-unit.ts';
import { sipp } from '../support/peers/sipp.ts';
import type { Rank } from '../support/peers/unit-pair.ts';
import { PairOfUnits } from '../support/peers/unit-pair.ts';
import { command, requires, root, skipTest } from '../support/skip.ts';

const returnSec = 3;
/** What is promised, and what a busy machine adds. */
const mostMs = 3000;
const settleMs = 20_000;

interface Sites {
  readonly pair: PairOfUnits;
  readonly a: KamailioPbx;
  readonly b: KamailioPbx;
}

const peer = (name: string, address: string, more: object = {}): NonNullable<SampleChoices['peers']>[number] => ({
  name, addresses: [address], host: address, lamps: 'none', register: { user: unitUser, password: 'none', expiresSec: 600 }, ...more,
});

async function openSites(): Promise<Sites> {
  const pbxs: KamailioPbx[] = [];
  const pair = await PairOfUnits.start({
    machines: ['pbxa', 'pbxb'],
    sip: { returnSec },
    peers: (lan) => [peer('a', lan.ipv4('pbxa')), peer('b', lan.ipv4('pbxb'), { backupOf: 'a' })],
    before: async (lan) => {
      for (const name of ['pbxa', 'pbxb']) pbxs.push(new KamailioPbx({ address: lan.ipv4(name), port: 5060, namespace: lan.namespace(name) }));
      await Promise.all(pbxs.map((pbx) => pbx.start()));
    },
  });
  const [a, b] = pbxs as [KamailioPbx, KamailioPbx];
  return { pair, a, b };
}

let opened: Promise<Sites> | null = null;
const sites = (): Promise<Sites> => (opened ??= openSites());

/** Real time until the unit has registered there once more. */
async function registersAt(unit: RunningUnit, where: string, limitMs: number, before = unit.logged('registered').length): Promise<number> {
  const began = performance.now();
  await unit.waitForLog('registered', before + 1, limitMs);
  assert.match(unit.logged('registered').at(-1) ?? '', new RegExp(`Registered at ${where} `));
  return performance.now() - began;
}

/** A call through the PBX is answered, by this unit. */
async function reaches({ pair }: Sites, pbx: KamailioPbx, rank: Rank): Promise<void> {
  const offered = pair.unit(rank).logged('call-offered').length;
  const end = await sipp({
    scenario: 'through-pbx', values: { number: '201', withinMs: 2000, talksMs: 700 }, more: [`${pbx.address}:${pbx.port}`], limitMs: 15_000,
    address: pair.lan.ipv4('callers'), namespace: pair.lan.namespace('callers'),
  });
  assert.ok(end.code === 0 && end.successful === 1, `a call through ${pbx.address} was not answered\n${end.errors.slice(0, 2000)}`);
  assert.is(pair.unit(rank).logged('call-offered').length, offered + 1, `the ${rank} was not called`);
}

const steps: Readonly<Record<string, (sites: Sites) => Promise<void>>> = {
  'the primary is registered at its PBX and called; the backup says nothing': async (all) => {
    await reaches(all, all.a, 'primary');
    assert.is(all.pair.backup.logged('registered').length, 0);
  },

  'loss of the PBX: the unit goes to the PBX of the other site, and back': async (all) => {
    await all.a.kill();
    const tookMs = await registersAt(all.pair.primary, 'b', 10_000);
    figure(`PBX lost until registered at the backup PBX: ${Math.round(tookMs)} ms`);
    assert.ok(tookMs <= mostMs, `${tookMs} ms`);
    await reaches(all, all.b, 'primary');
    await all.a.start();
    await registersAt(all.pair.primary, 'a', settleMs);
    await reaches(all, all.a, 'primary');
    assert.is(all.pair.backup.logged('registered').length, 0);
  },

  'loss of the unit: the backup registers at the PBX of the first site': async (all) => {
    const began = performance.now();
    await all.pair.primary.kill();
    await registersAt(all.pair.backup, 'a', 10_000, 0);
    const tookMs = performance.now() - began;
    figure(`unit lost until the backup is registered at its PBX: ${Math.round(tookMs)} ms`);
    assert.ok(tookMs <= mostMs, `${tookMs} ms`);
    await reaches(all, all.a, 'backup');
  },

  'the unit returns: it registers, and the backup takes its registration back': async (all) => {
    await all.pair.primary.restart();
    await all.pair.until('primary', 'primary-active', settleMs);
    await all.pair.until('backup', 'backup-standby', 5000);
    await registersAt(all.pair.primary, 'a', 5000, 0);
    await reaches(all, all.a, 'primary');
  },

  'loss of the site: the backup serves at the PBX of the other one': async (all) => {
    const began = performance.now();
    await Promise.all([all.a.kill(), all.pair.primary.kill()]);
    for (const until = began + settleMs; !/^b +in use .* registered: /m.test(await all.pair.backup.console('show peers')); ) {
      assert.ok(performance.now() < until, await all.pair.backup.console('show peers'));
      await sleep(50);
    }
    figure(`site lost until the backup is registered at the other PBX: ${Math.round(performance.now() - began)} ms`);
    await all.pair.until('backup', 'backup-active', 2000);
    await reaches(all, all.b, 'backup');
  },
};

const missing = requires(root, networkNamespaces, command('kamailio', 'kamailio'), command('sipp', 'sip-tester'));
for (const [name, run] of Object.entries(steps)) {
  if (missing === undefined) test(name, async () => run(await sites()));
  else skipTest(name, missing);
}

test.after(async () => {
  const all = await opened?.catch(() => null);
  await all?.pair.backup.stop();
  endPrograms();
  endPbxs();
  all?.pair.lan.remove();
});

test.run();
