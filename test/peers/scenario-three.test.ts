// Scenario 3: several PBXs with one central unit, its backup, and a distributed unit. Kamailio is the PBX, sipp the caller.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { endKamailios } from '../support/peers/kamailio-process.ts';
import { wentWell } from '../support/peers/leave-calls.ts';
import { endPrograms } from '../support/peers/program.ts';
import { field, received } from '../support/peers/sipp-messages.ts';
import { ThreeSites } from '../support/peers/three-sites.ts';
import { command, requires, root, skipTest } from '../support/skip.ts';

const settleMs = 30_000;
/** What an owner has just heard stays for a minute where they heard it. */
const inHandMs = 90_000;

let opened: Promise<ThreeSites> | null = null;
const all = (): Promise<ThreeSites> => (opened ??= ThreeSites.start());

const steps: Readonly<Record<string, (sites: ThreeSites) => Promise<void>>> = {
  'a message left at PBX C is at the central unit, lights its lamp at PBX C, and the distributed unit holds nothing': async (sites) => {
    wentWell(await sites.leave('pbxc', '201'));
    assert.is(sites.units.far.logged('call-offered').length, 1, 'the distributed unit was called');
    const tookMs = await sites.holds('primary', '201', 1, 5000);
    figure(`hang-up at the distributed unit until the message is seen at the central one: ${tookMs} ms`);
    await sites.holds('far', '201', 0, 2000);
    await sites.lampIs('pbxc', '201', 'on', 3000);
  },

  'a message left at PBX A is at the same unit, and its lamp is at PBX A alone': async (sites) => {
    wentWell(await sites.leave('pbxa', '202'));
    await sites.holds('primary', '202', 1, 5000);
    await sites.lampIs('pbxa', '202', 'on', 3000);
    assert.is(sites.lamp('pbxc', '202'), undefined);
    assert.is(sites.lamp('pbxa', '201'), undefined);
  },

  'who wants to collect at PBX C is sent to PBX A, and collects there': async (sites) => {
    const end = await sites.refused('pbxc', '*17', 302);
    wentWell(end);
    assert.is(field(received(end.messages, 'SIP/2.0 302')[0], 'Contact'), `<sip:*17@${sites.lan.ipv4('pbxa')}>`);
    wentWell(await sites.call('pbxa', '*17', [1000, '201#', 1000, `${sites.units.primary.pin('201')}#`, 5000, '5', 2500]));
    assert.is((await sites.units.primary.messages('201'))[0]?.state, 'saved');
    await sites.lampIs('pbxc', '201', 'off', 3000);
  },

  'central-unit-killed: its backup gets the messages of PBX C and keeps them for it': async (sites) => {
    await sites.units.primary.kill();
    const tookMs = await sites.shows('far', 'show members', /^central unit +(\w+) at/m, 'backup', settleMs);
    figure(`central unit killed until the distributed one has its backup: ${tookMs} ms`);
    assert.match(await sites.units.far.console('show members'), /^this unit is +following/m, 'it was never alone');
    wentWell(await sites.leave('pbxc', '201'));
    await sites.holds('backup', '201', 1, 5000);
    await sites.holds('far', '201', 0, 2000);
    await sites.lampIs('pbxc', '201', 'on', 5000);
  },

  'both-away: the distributed unit is alone, takes messages, lets their owner collect, and lights the lamp': async (sites) => {
    sites.cutLine();
    const tookMs = await sites.standing('alone', settleMs);
    figure(`line cut until the distributed unit is alone: ${tookMs} ms`);
    wentWell(await sites.leave('pbxc', '202'));
    await sites.holds('far', '202', 1, 5000);
    await sites.lampIs('pbxc', '202', 'on', 3000);
    wentWell(await sites.call('pbxc', '*17', [1000, '202#', 1000, `${sites.units.primary.pin('202')}#`, 5000, '5', 2500]));
    assert.is((await sites.units.far.messages('202'))[0]?.state, 'saved');
    await sites.lampIs('pbxc', '202', 'off', 3000);
  },

  'the line and the central unit return: each message comes home once, with its state, and lamps are the central unit\'s again': async (sites) => {
    await sites.units.primary.restart();
    sites.healLine();
    await sites.shows('primary', 'show link', /^role +(\S+)/m, 'primary-active', settleMs);
    await sites.standing('following', settleMs + inHandMs);
    await sites.holds('primary', '201', 2, settleMs);
    await sites.holds('primary', '202', 2, settleMs);
    for (const unit of ['backup', 'far'] as const) for (const mailbox of ['201', '202']) await sites.holds(unit, mailbox, 0, settleMs);
    assert.equal((await sites.units.primary.messages('201')).map(({ state }) => state).sort(), ['new', 'saved']);
    assert.equal((await sites.units.primary.messages('202')).map(({ state }) => state).sort(), ['new', 'saved'], 'kept while alone');
    await sites.lampIs('pbxc', '201', 'on', 5000);
    wentWell(await sites.refused('pbxc', '*17', 302));
  },
};

const missing = requires(root, networkNamespaces, command('kamailio', 'kamailio'), command('sipp', 'sip-tester'));
for (const [name, run] of Object.entries(steps)) {
  if (missing === undefined) test(name, async () => run(await all()));
  else skipTest(name, missing);
}

test.after(async () => {
  const sites = await opened?.catch(() => null);
  for (const unit of Object.values(sites?.units ?? {})) await unit.stop();
  // While the first process of each is there to name the others.
  endKamailios();
  endPrograms();
  sites?.lan.remove();
});

test.run();
