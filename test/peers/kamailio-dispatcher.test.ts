// More ports than one unit has: the shipped configuration of Kamailio spreads calls over three units, one of which is a pair.
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SampleChoices } from '../../firmware/config/sample.ts';
import { figure } from '../support/figure.ts';
import type { NamespaceLan } from '../support/namespace-lan.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { endKamailios, KamailioProcess } from '../support/peers/kamailio-process.ts';
import { leaveTrack } from '../support/peers/leave-calls.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { Sipp, sipp } from '../support/peers/sipp.ts';
import { PairOfUnits } from '../support/peers/unit-pair.ts';
import { command, requires, root, skipTest } from '../support/skip.ts';

const { spreadFiles } = await import(pathToFileURL(path.resolve('board/estate/kamailio/spread.mjs')).href);
const { assignSlots, slotOf } = await import(pathToFileURL(path.resolve('board/estate/kamailio/slots.mjs')).href);

const names = ['first', 'second', 'third'] as const;
type Name = (typeof names)[number];
const mailboxes = Array.from({ length: 24 }, (_, at) => String(201 + at));
const slots = assignSlots(names) as Name[];
const homeOf = (mailbox: string): Name => slots[Number.parseInt(slotOf(mailbox) as string, 16)] as Name;
const of = (name: Name): string[] => mailboxes.filter((mailbox) => homeOf(mailbox) === name);

interface World {
  readonly pair: PairOfUnits;
  readonly second: RunningUnit;
  readonly third: RunningUnit;
  readonly spread: KamailioProcess;
  /** The PBX as far as lamps go. */
  readonly pbx: Sipp;
}

const peers = (lan: NamespaceLan): NonNullable<SampleChoices['peers']> => [{ name: 'spread', addresses: [lan.ipv4('spread')], host: lan.ipv4('spread'), lamps: 'notify' }];

function startSpread(lan: NamespaceLan): KamailioProcess {
  const folder = mkdtempSync(path.join(tmpdir(), 'spread-'));
  const at = (name: string): string => `${lan.ipv4(name)}:5060`;
  const estate = {
    listen: at('spread'), pbx: at('callers'), collect: ['*17'], mailboxes: ['201-224'],
    units: [{ name: 'first', primary: at('primary'), backup: at('backup') }, { name: 'second', primary: at('second') }, { name: 'third', primary: at('third') }],
  };
  for (const [name, text] of spreadFiles(JSON.stringify(estate), folder, null) as Map<string, string>) writeFileSync(path.join(folder, name), text);
  copyFileSync('board/estate/kamailio/kamailio.cfg', path.join(folder, 'kamailio.cfg'));
  return new KamailioProcess({ configuration: { file: path.join(folder, 'kamailio.cfg') }, namespace: lan.namespace('spread') });
}

async function open(): Promise<World> {
  const found: KamailioProcess[] = [];
  const pbxs: Sipp[] = [];
  const pair = await PairOfUnits.start({
    machines: ['spread', 'second', 'third'], peers, mailboxes: of('first'),
    before: async (lan) => {
      const spread = startSpread(lan);
      await spread.start();
      found.push(spread);
      pbxs.push(await Sipp.start({ scenario: 'lamps', port: 5060, calls: 1000, limitMs: 280_000, address: lan.ipv4('callers'), namespace: lan.namespace('callers') }));
    },
  });
  const { lan } = pair;
  const alone = (name: 'second' | 'third'): Promise<RunningUnit> =>
    RunningUnit.start({ settings: { unit: { name }, peers: peers(lan), sip: { address: lan.ipv4(name) } }, mailboxes: of(name), namespace: lan.namespace(name) });
  const [second, third] = await Promise.all([alone('second'), alone('third')]);
  const [[spread], [pbx]] = [found, pbxs];
  if (spread === undefined || pbx === undefined) throw new Error('not started');
  // Each is asked twice before it is believed.
  await sleep(3500);
  return { pair, second, third, spread, pbx };
}

let opened: Promise<World> | null = null;
const world = (): Promise<World> => (opened ??= open());

const unitOf = ({ pair, second, third }: World, name: Name): RunningUnit => ({ first: pair.primary, second, third })[name];
const offered = (unit: RunningUnit, mailbox: string): number => unit.logged('call-offered').filter((line) => line.includes(` for ${mailbox}:`)).length;

interface Diverted {
  readonly uri?: string;
  readonly to?: string;
  readonly header?: string;
}

/** A call for the mailbox through the proxy; it must be answered by this unit. Resolves to the milliseconds until sipp was done. */
async function reaches(all: World, mailbox: string, unit: RunningUnit, { uri, to = mailbox, header = 'X-Nothing: 0' }: Diverted = {}): Promise<number> {
  const { lan } = all.pair;
  const before = offered(unit, mailbox);
  const began = performance.now();
  const end = await sipp({
    scenario: 'diverted-through-proxy', values: { uri: uri ?? `sip:${mailbox}@${lan.ipv4('spread')}`, to, header, withinMs: 5000, talksMs: 300 },
    host: lan.ipv4('spread'), to: 5060, address: lan.ipv4('callers'), namespace: lan.namespace('callers'), limitMs: 20_000,
  });
  assert.ok(end.code === 0 && end.successful === 1, `the call for ${mailbox} was not answered\n${end.errors.slice(0, 1500)}\n${all.spread.output.slice(-1500)}`);
  assert.is(offered(unit, mailbox), before + 1, `${mailbox} went elsewhere`);
  return performance.now() - began;
}

const steps: Readonly<Record<string, (world: World) => Promise<void>>> = {
  'mailboxes are spread over the three units, each always to the same one': async (all) => {
    for (const name of names) assert.ok(of(name).length >= 4, `${name} has ${of(name).length} mailboxes`);
    for (let round = 0; round < 2; round++) await Promise.all(names.map(async (name) => { for (const mailbox of of(name).slice(0, 4)) await reaches(all, mailbox, unitOf(all, name)); }));
    figure(`${mailboxes.length} mailboxes over three units: ${names.map((name) => of(name).length).join(', ')}`);
    assert.is(all.pair.backup.logged('call-offered').length, 0);
  },

  'however the PBX names the mailbox, it is the same unit': async (all) => {
    const host = all.pair.lan.ipv4('spread');
    const [mailbox = ''] = of('second');
    const [other = ''] = of('third');
    const voicemail = { uri: `sip:voicemail@${host}`, to: 'voicemail' };
    await reaches(all, mailbox, all.second, { uri: `sip:voicemail@${host};target=sip:${mailbox}%40pbx.example;cause=486`, to: other });
    await reaches(all, mailbox, all.second, { uri: `sip:voicemail@${host};target=${mailbox};cause=486`, to: 'voicemail' });
    await reaches(all, mailbox, all.second, { ...voicemail, header: `History-Info: <sip:${mailbox}@pbx.example>;index=1, <sip:voicemail@${host}>;index=1.1` });
    await reaches(all, mailbox, all.second, { ...voicemail, header: `Diversion: <sip:${other}@pbx.example>;reason=no-answer, <sip:${mailbox}@pbx.example>;reason=user-busy` });
    await reaches(all, mailbox, all.second, { uri: `sip:voicemail@${host}`, to: mailbox });
  },

  'a message at a unit lights the lamp at the PBX': async (all) => {
    const { lan } = all.pair;
    const [mailbox = ''] = of('third');
    const { file, ms } = leaveTrack({ mailbox });
    const end = await sipp({
      scenario: 'call-and-hang-up', values: { number: mailbox, payload: 0, track: file, trackMs: ms + 300 }, host: lan.ipv4('third'), to: 5060,
      address: lan.ipv4('spread'), namespace: lan.namespace('spread'), port: 5090,
    });
    assert.is(end.code, 0, end.errors.slice(0, 1000));
    assert.is((await all.third.messagesOnce(mailbox, 1, 20_000)).length, 1);
    const lit = (): boolean => all.pbx.messages.some(({ sent, text }) => !sent && text.startsWith(`NOTIFY sip:${mailbox}@${lan.ipv4('callers')}`) && text.includes('Messages-Waiting: yes'));
    for (let tries = 0; tries < 50 && !lit(); tries++) await sleep(100);
    assert.ok(lit(), all.pbx.messages.slice(-3).map(({ text }) => text).join('\n'));
  },

  'kill -9 of a primary: its mailboxes are answered by its backup from the first call on, the others stay where they are': async (all) => {
    const [one = '', two = ''] = of('first');
    await all.pair.primary.kill();
    const firstMs = await reaches(all, one, all.pair.backup);
    figure(`kill -9 of a unit: the first call for it is answered by its backup, ${Math.round(firstMs)} ms with the call itself`);
    assert.ok(firstMs < 6000, `${firstMs} ms`);
    await Promise.all([reaches(all, of('second')[0] ?? '', all.second), reaches(all, of('third')[0] ?? '', all.third)]);
    await all.pair.until('backup', 'backup-active', 5000);
    await sleep(3000);
    const laterMs = await reaches(all, two, all.pair.backup);
    figure(`later ones, when the probes have seen it: ${Math.round(laterMs)} ms`);
  },

  'the primary returns: when the pair has given it the service, its mailboxes go back to it': async (all) => {
    const [one = ''] = of('first');
    await all.pair.primary.restart();
    await all.pair.until('primary', 'primary-active', 40_000);
    await sleep(4000);
    await reaches(all, one, all.pair.primary);
    await reaches(all, of('second')[1] ?? '', all.second);
  },

  'a unit without a backup dies: the caller hears 503, the others are served': async (all) => {
    const { lan } = all.pair;
    await all.second.kill();
    const [mailbox = ''] = of('second');
    const end = await sipp({
      scenario: 'diverted-through-proxy', values: { uri: `sip:${mailbox}@${lan.ipv4('spread')}`, to: mailbox, header: 'X-Nothing: 0', withinMs: 8000, talksMs: 300 },
      host: lan.ipv4('spread'), to: 5060, address: lan.ipv4('callers'), namespace: lan.namespace('callers'), limitMs: 20_000,
    });
    assert.is(end.successful, 0);
    assert.ok(end.messages.some(({ sent, text }) => !sent && /^SIP\/2\.0 (408|503)/.test(text)), end.errors.slice(0, 1000));
    await reaches(all, of('third')[0] ?? '', all.third);
  },

  'a stranger gets nothing': async (all) => {
    const { lan } = all.pair;
    const [mailbox = ''] = of('third');
    const before = offered(all.third, mailbox);
    lan.ip('callers', 'address', 'add', '10.9.0.77/24', 'dev', 'eth0');
    const end = await sipp({
      scenario: 'diverted-through-proxy', values: { uri: `sip:${mailbox}@${lan.ipv4('spread')}`, to: mailbox, header: 'X-Nothing: 0', withinMs: 1500, talksMs: 300 },
      host: lan.ipv4('spread'), to: 5060, address: '10.9.0.77', namespace: lan.namespace('callers'), limitMs: 6000,
    });
    assert.equal([end.successful, end.messages.filter(({ sent }) => !sent).length, offered(all.third, mailbox)], [0, 0, before]);
  },
};

const reason = requires(root, networkNamespaces, command('kamailio', 'kamailio'), command('sipp', 'sip-tester'));
for (const [name, body] of Object.entries(steps)) {
  if (reason === undefined) test(name, async () => body(await world()));
  else skipTest(name, reason);
}

test.after(async () => {
  const all = await opened?.catch(() => null);
  await Promise.all([all?.pair.primary.stop(), all?.pair.backup.stop(), all?.third.stop(), all?.pbx.stop()]);
  all?.pair.lan.remove();
  endKamailios();
  endPrograms();
});

test.run();
