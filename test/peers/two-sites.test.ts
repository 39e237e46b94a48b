// Scenario 2: a PBX and a unit at each of two sites. Kamailio is the PBX, sipp the caller, each machine a network namespace.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { registersAt, TwoSites } from '../support/peers/two-sites.ts';
import { command, requires, root, skipTest } from '../support/skip.ts';

/** What is promised, and what a busy machine adds. */
const mostMs = 3000;
const settleMs = 20_000;

let opened: Promise<TwoSites> | null = null;
const sites = (): Promise<TwoSites> => (opened ??= TwoSites.open());

const steps: Readonly<Record<string, (sites: TwoSites) => Promise<void>>> = {
  'the primary is registered at its PBX and called; the backup says nothing': async (all) => {
    await all.reaches(all.a, 'primary');
    assert.is(all.pair.backup.logged('registered').length, 0);
  },

  'loss of the PBX: the unit goes to the PBX of the other site, and back': async (all) => {
    await all.a.kill();
    const tookMs = await registersAt(all.pair.primary, 'b', 10_000);
    figure(`PBX lost until registered at the backup PBX: ${Math.round(tookMs)} ms`);
    assert.ok(tookMs <= mostMs, `${tookMs} ms`);
    await all.reaches(all.b, 'primary');
    await all.a.start();
    await registersAt(all.pair.primary, 'a', settleMs);
    await all.reaches(all.a, 'primary');
    assert.is(all.pair.backup.logged('registered').length, 0);
  },

  'loss of the unit: the backup registers at the PBX of the first site': async (all) => {
    const began = performance.now();
    await all.pair.primary.kill();
    await registersAt(all.pair.backup, 'a', 10_000, 0);
    const tookMs = performance.now() - began;
    figure(`unit lost until the backup is registered at its PBX: ${Math.round(tookMs)} ms`);
    assert.ok(tookMs <= mostMs, `${tookMs} ms`);
    await all.reaches(all.a, 'backup');
  },

  'the unit returns: it registers, and the backup takes its registration back': async (all) => {
    await all.pair.primary.restart();
    await all.pair.until('primary', 'primary-active', settleMs);
    await all.pair.until('backup', 'backup-standby', 5000);
    await registersAt(all.pair.primary, 'a', 5000, 0);
    await all.reaches(all.a, 'primary');
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
    await all.reaches(all.b, 'backup');
  },
};

const missing = requires(root, networkNamespaces, command('kamailio', 'kamailio'), command('sipp', 'sip-tester'));
for (const [name, run] of Object.entries(steps)) {
  if (missing === undefined) test(name, async () => run(await sites()));
  else skipTest(name, missing);
}

test.after(async () => {
  await (await opened?.catch(() => null))?.close();
  endPrograms();
});

test.run();
