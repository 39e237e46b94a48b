// An estate with a real broker: two units, Mosquitto, its own clients as watchers and forgers, and the operator's tools.
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { BrokerWatcher } from '../support/peers/broker-watcher.ts';
import { builtUnit } from '../support/peers/built-unit.ts';
import { leaveTrack } from '../support/peers/leave-calls.ts';
import { Mosquitto, mosquitto, mosquittoClients } from '../support/peers/mosquitto.ts';
import { endPrograms, Program, sleep } from '../support/peers/program.ts';
import { sipp } from '../support/peers/sipp.ts';
import type { Rank } from '../support/peers/unit-pair.ts';
import { PairOfUnits, shared } from '../support/peers/unit-pair.ts';
import { requires, root, skipTest } from '../support/skip.ts';

const runFile = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), 'estate-'));
const keyFile = path.join(folder, 'operator.pem');

interface World {
  readonly pair: PairOfUnits;
  readonly broker: Mosquitto;
  readonly watcher: BrokerWatcher;
  /** Ids of the two. */
  readonly ids: Readonly<Record<Rank, string>>;
}

const idOf = async (pair: PairOfUnits, rank: Rank): Promise<string> => /^this unit +([0-9a-f]{64})$/m.exec(await pair.unit(rank).console('show estate'))?.[1] ?? 'none';

async function open(): Promise<World> {
  const { stdout } = await runFile(process.execPath, [builtUnit(), 'estate', 'key', keyFile]);
  const key = /commandKeys: \["([^"]+)"\]/.exec(stdout)?.[1] ?? '';
  const found: { broker: Mosquitto; watcher: BrokerWatcher }[] = [];
  const pair = await PairOfUnits.start({
    machines: ['broker'],
    failback: 'manual',
    health: { everySec: 1 },
    estate: (lan) => ({ site: 'harbour', broker: { host: lan.ipv4('broker'), port: 1883, tls: false }, commandKeys: [key] }),
    before: async (lan) => {
      const broker = await Mosquitto.start(['allow_anonymous true'], { address: lan.ipv4('broker'), namespace: lan.namespace('broker') });
      found.push({ broker, watcher: new BrokerWatcher(broker.address, broker.port, lan.namespace('callers')) });
    },
  });
  const [one] = found;
  if (one === undefined) throw new Error('no broker');
  return { pair, ...one, ids: { primary: await idOf(pair, 'primary'), backup: await idOf(pair, 'backup') } };
}

let opened: Promise<World> | null = null;
const world = (): Promise<World> => (opened ??= open());

/** The product's own tool, on a machine that is no unit. */
async function tool({ pair, broker }: World, ...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const rest = [process.execPath, builtUnit(), 'estate', ...words, '--broker', `${broker.address}:${broker.port}`, '--plain'];
  try {
    return { code: 0, ...(await runFile('ip', ['netns', 'exec', pair.lan.namespace('callers'), ...rest], { timeout: 30_000 })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

const publish = ({ pair, broker }: World, topic: string, ...more: string[]): Promise<unknown> =>
  runFile('ip', ['netns', 'exec', pair.lan.namespace('callers'), 'mosquitto_pub', '-h', broker.address, '-p', String(broker.port), '-t', topic, '-q', '1', ...more], { timeout: 30_000 });

const state = (watcher: BrokerWatcher, id: string): unknown => watcher.of('presence', id).at(-1)?.['state'];
const role = (watcher: BrokerWatcher, id: string): unknown => watcher.of('presence', id).at(-1)?.['role'];

const steps: Readonly<Record<string, (world: World) => Promise<void>>> = {
  'both are there, the primary points at the state of the site, and no alarm stands': async ({ watcher, ids }) => {
    await watcher.until('presence of both', () => role(watcher, ids.primary) === 'primary-active' && role(watcher, ids.backup) === 'backup-standby', 25_000);
    await watcher.until('a pointer', () => watcher.of('pointer', ids.primary).length > 0, 10_000);
    // A unit that is paired before it serves, which is mute until then, has nothing to tell any more.
    await sleep(2000);
    const alarms = watcher.of('alarm', ids.primary).map(({ event, state }) => `${event} ${state}`).join(', ');
    assert.ok(['', 'pair-no-key raised, pair-no-key cleared'].includes(alarms), alarms);
    assert.equal([watcher.of('alarm', ids.backup), watcher.of('pointer', ids.backup)], [[], []], 'a standby is mute');
  },

  'an alarm of the unit that serves is heard, and its end; the same at the standby is not told': async ({ pair, watcher, ids }) => {
    const told = (): string[] => watcher.of('alarm', ids.primary).map(({ event, subject, state }) => `${event} ${subject} ${state}`);
    for (const rank of ['backup', 'primary'] as const) {
      await pair.unit(rank).console('fault clock on');
      await pair.unit(rank).waitForLog('no-remedy', 1, 15_000);
    }
    await watcher.until('the alarm', () => told().includes('no-remedy clock raised'), 10_000);
    await watcher.until('its end', () => told().includes('no-remedy clock cleared'), 20_000);
    for (const rank of ['backup', 'primary'] as const) {
      const well = pair.unit(rank).logged('healthy-again').length;
      await pair.unit(rank).console('fault clock off');
      await pair.unit(rank).waitForLog('healthy-again', well + 1, 20_000);
    }
    assert.equal(watcher.of('alarm', ids.backup), []);
  },

  'an operator looks at the estate, and has commands done, once each': async (all) => {
    const shown = await tool(all, 'watch', '--seconds', '2');
    assert.is(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, new RegExp(`^harbour +${all.ids.primary.slice(0, 8)} +primary +online +primary-active `, 'm'));
    assert.match(shown.stdout, /^harbour +[0-9a-f]{8} +backup +online +backup-standby .* in step /m);
    const report = await tool(all, 'command', 'primary', 'report', '--key', keyFile);
    assert.is(report.code, 0, report.stderr);
    assert.match(report.stdout, /^role primary-active, serves, epoch \d+, 0 calls$/m);
    const wrong = await tool(all, 'command', 'primary', 'rollback', '9999', '--key', keyFile);
    assert.equal([wrong.code, wrong.stdout], [1, 'not done: version 9999 is not kept\n']);
    const nobody = await tool(all, 'command', 'nobody', 'report', '--key', keyFile);
    assert.is(nobody.code, 66);
  },

  'a stranger with mosquitto_pub: nothing is done, all is counted': async (all) => {
    const { pair, ids } = all;
    const topic = (kind: string): string => `understudy/harbour/${ids.primary}/${kind}`;
    await publish(all, topic('command'), '-m', '{"command":"failover"}');
    await publish(all, topic('pointer'), '-r', '-m', 'garbage');
    await publish(all, topic('command'), '-r', '-m', 'garbage that the broker keeps');
    await runFile(process.execPath, [builtUnit(), 'estate', 'key', path.join(folder, 'stranger.pem')]);
    const refused = await tool(all, 'command', 'primary', 'failover', '--key', path.join(folder, 'stranger.pem'));
    assert.is(refused.code, 1);
    assert.match(refused.stderr, /primary does not answer: it is away, or does not know this key/);
    assert.match(await pair.primary.console('show estate'), /^commands +\d+ done; refused: malformed 2, unknown-key 1$/m);
    assert.is(pair.primary.logged('estate-command-refused').length, 2);
    await publish(all, topic('command'), '-r', '-n');
  },

  'flood: 40,000 messages as fast as they come, and a caller leaves a message meanwhile': async (all) => {
    const { pair, ids, watcher } = all;
    const file = path.join(folder, 'flood');
    writeFileSync(file, `${'x'.repeat(200)}\n`.repeat(40_000));
    const topic = `understudy/harbour/${ids.primary}/command`;
    const flood = new Program('ip', ['netns', 'exec', pair.lan.namespace('callers'), 'sh', '-c', `mosquitto_pub -h ${all.broker.address} -t ${topic} -l < ${file}`], { limitMs: 60_000 });
    const { file: track, ms } = leaveTrack({ mailbox: '203' });
    const end = await sipp({
      scenario: 'call-and-hang-up', values: { number: '203', payload: 0, track, trackMs: ms + 300 }, host: shared, to: 5060,
      address: pair.lan.ipv4('callers'), namespace: pair.lan.namespace('callers'), port: 5060,
    });
    assert.ok(end.code === 0 && end.successful === 1, end.errors.slice(0, 2000));
    assert.is((await pair.primary.messagesOnce('203', 1, 30_000)).length, 1, pair.primary.log.slice(-30).join('\n'));
    await flood.ended;
    const began = performance.now();
    let again = await tool(all, 'command', 'primary', 'report', '--key', keyFile);
    while (again.code !== 0 && performance.now() - began < 40_000) again = await tool(all, 'command', 'primary', 'report', '--key', keyFile);
    const tookMs = Math.round(performance.now() - began);
    const shown = await pair.primary.console('show estate');
    const unseen = Number(/^not looked at +(\d+) messages/m.exec(shown)?.[1] ?? 0);
    assert.ok(unseen > 0, shown);
    figure(`flood of 40,000 messages: a message was left meanwhile, ${unseen} were not looked at, a command is heard ${tookMs} ms later`);
    assert.is(again.code, 0, `${again.stderr}\n${shown}`);
    assert.is(state(watcher, ids.primary), 'online');
  },

  'kill -9 of the primary: its last will arrives, and the backup points from then on': async ({ pair, watcher, ids }) => {
    const began = performance.now();
    await pair.primary.kill();
    await watcher.until('the last will', () => state(watcher, ids.primary) === 'offline', 10_000);
    figure(`kill -9 until the last will is heard: ${Math.round(performance.now() - began)} ms`);
    await watcher.until('the role of the backup', () => role(watcher, ids.backup) === 'backup-active', 20_000);
    await watcher.until('its pointer', () => watcher.of('pointer', ids.backup).length > 0, 10_000);
    await pair.primary.restart();
    await watcher.until('the return', () => state(watcher, ids.primary) === 'online', 20_000);
  },

  'failback by command': async (all) => {
    const { pair } = all;
    await pair.until('primary', 'failback', 20_000);
    for (let tries = 0; tries < 20; tries++) {
      const { stdout } = await tool(all, 'command', 'primary', 'failback', '--key', keyFile);
      if (stdout.includes('was asked to')) break;
      await sleep(500);
    }
    await pair.until('primary', 'primary-active', 10_000);
    assert.ok(pair.primary.logged('estate-command').length >= 1);
  },

  'broker-wiped: restarted with an empty memory it has pointer and presence again': async ({ pair, broker, ids }) => {
    await broker.kill();
    await pair.primary.waitForLog('estate-broker-lost', pair.primary.logged('estate-broker-lost').length + 1, 5000).catch(() => undefined);
    await broker.begin();
    const began = performance.now();
    const late = new BrokerWatcher(broker.address, broker.port, pair.lan.namespace('callers'));
    await late.until('all of it', () => late.of('pointer', ids.primary).length > 0 && state(late, ids.primary) === 'online' && state(late, ids.backup) === 'online', 20_000);
    figure(`broker wiped: all is there again after ${Math.round(performance.now() - began)} ms`);
    await late.stop();
  },

  'a unit that is stopped says so': async ({ pair, ids, broker }) => {
    const late = new BrokerWatcher(broker.address, broker.port, pair.lan.namespace('callers'));
    await late.until('presence', () => state(late, ids.backup) === 'online', 5000);
    await pair.backup.mustStop();
    await late.until('the goodbye', () => state(late, ids.backup) === 'offline', 3000);
    await late.stop();
  },
};

const reason = requires(root, networkNamespaces, mosquitto, mosquittoClients);
for (const [name, body] of Object.entries(steps)) {
  if (reason === undefined) test(name, async () => body(await world()));
  else skipTest(name, reason);
}

test.after(async () => {
  const all = await opened?.catch(() => null);
  await all?.pair.primary.stop();
  await all?.broker.stop();
  all?.pair.lan.remove();
  endPrograms();
});

test.run();
