// The driver of packet capture against the kernel, in network namespaces: interfaces that go, quiet ones, no permission.
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NamespaceLan, networkNamespaces } from '../support/namespace-lan.ts';
import { pcapAddon } from '../support/peers/pcap-addon.ts';
import { endPrograms, Program, sleep } from '../support/peers/program.ts';
import { command, root, testWith } from '../support/skip.ts';

const child = path.join(process.env['UNDERSTUDY_TEST_BUILD'] ?? '', 'test/contract/capture.child.mjs');
const answerMs = 15_000;
const needs = [root, networkNamespaces, pcapAddon];
/** Opened and closed again without a packet: unpatched, each would stay for ever. */
const quietCaptures = 20;
let lan: NamespaceLan | null = null;

const theLan = (): NamespaceLan => (lan ??= new NamespaceLan(['left', 'right']));

test.after(async () => {
  await endPrograms();
  lan?.remove();
});

class Machine {
  readonly #program: Program;

  constructor(words: readonly string[]) {
    const [file = '', ...rest] = [...words, process.execPath, child];
    this.#program = new Program(file, rest, { limitMs: 60_000 });
  }

  /** What it says after an order, up to what is waited for. */
  async ask(order: string, expected: RegExp): Promise<string> {
    await this.#program.until('its start', ({ stdout }) => stdout.includes('ready'), answerMs);
    const before = this.#program.stdout.length;
    const answer = (): string => this.#program.stdout.slice(before);
    this.#program.write(`${order}\n`);
    await this.#program.until(`${expected} after "${order}"`, () => expected.test(answer()), answerMs);
    return answer();
  }

  /** Waits until it has said this line so often. */
  async says(line: string, count: number): Promise<void> {
    await this.#program.until(`${count} times "${line}"`, ({ stdout }) => stdout.split('\n').filter((one) => one === line).length >= count, answerMs);
  }

  /** The process stands still, and goes on afterwards. */
  async standsStill(meanwhile: () => Promise<unknown>): Promise<void> {
    this.#program.signal('SIGSTOP');
    await meanwhile();
    this.#program.signal('SIGCONT');
  }
}

/** Those of one call in 1.5 s, one each 20 ms. */
const standsPackets = 75;

const inside = (name: string): string[] => ['ip', 'netns', 'exec', theLan().namespace(name)];

testWith(needs, 'packets sent, received and of the loopback are seen once, whole, with the time; nothing after close', async () => {
  const [left, right] = [new Machine(inside('left')), new Machine(inside('right'))];
  await left.ask('open', /^open$/m);
  await left.ask(`send ${theLan().ipv4('right')} outwards`, /^packet outwards true true$/m);
  await right.ask(`send ${theLan().ipv4('left')} inwards`, /^sent$/m);
  await left.ask('lost', /^lost 0$/m);
  const both = await left.ask('send 127.0.0.1 inside', /^packet inside true true$/m);
  assert.is(both.match(/packet inside/g)?.length, 1, 'not once for each direction');
  await left.ask('close', /^closed$/m);
  assert.not(/packet/.test(await left.ask('send 127.0.0.1 late', /^sent$/m)));
});

testWith(needs, 'what is sent right before the end is handed over before it', async () => {
  const left = new Machine(inside('left'));
  for (const at of [1, 2, 3, 4, 5]) {
    await left.ask('open', /^open$/m);
    assert.match(await left.ask(`last ${theLan().ipv4('right')} bye-${at}`, /^closed$/m), new RegExp(`^packet bye-${at} true true\nclosed$`, 'm'));
  }
});

testWith(needs, 'the process stands still for 1.5 s, once and again: no packet of that time is lost', async () => {
  const [left, right] = [new Machine(inside('left')), new Machine(inside('right'))];
  await right.ask('lost', /^lost undefined$/m); // it is up: its start is no part of the time
  await left.ask('open', /^open$/m);
  for (const time of ['first', 'second']) {
    await left.standsStill(() => right.ask(`stream ${theLan().ipv4('left')} ${time} ${standsPackets}`, /^streamed$/m));
    await left.says(`packet ${time} true true`, standsPackets);
  }
  await left.ask('lost', /^lost 0$/m);
});

testWith(needs, 'an interface goes down and comes back: the capture goes on hearing all of them', async () => {
  const [left, right] = [new Machine(inside('left')), new Machine(inside('right'))];
  await left.ask('open', /^open$/m);
  theLan().ip('left', 'link', 'set', 'eth0', 'down');
  await left.ask('send 127.0.0.1 meanwhile', /^packet meanwhile true true$/m);
  theLan().ip('left', 'link', 'set', 'eth0', 'up');
  const heard = left.ask('lost', /packet back/);
  for (let tries = 0; tries < 40; tries++) {
    await right.ask(`send ${theLan().ipv4('left')} back`, /^(un)?sent/m);
    if (await Promise.race([heard.then(() => true), sleep(250).then(() => false)])) break;
  }
  await heard;
});

testWith(needs, 'captures of a quiet port are given back when they are closed', async () => {
  const left = new Machine(inside('left'));
  assert.match(await left.ask(`again ${quietCaptures}`, /^(again|refused|odd) .*$/m), /^again 0$/m);
});

testWith(needs, 'libpcap understands filters of IPv4 and IPv6, of addresses and blocks', async () => {
  assert.match(await new Machine(inside('left')).ask('filters', /^(filters|refused|odd) .*$/m), /^filters 6$/m);
});

testWith(needs, 'without the loopback interface captures cannot leave: after four the next is refused, with the reason', async () => {
  const left = new Machine(inside('left'));
  await left.ask('open', /^open$/m);
  theLan().ip('left', 'link', 'set', 'lo', 'down');
  const refused = await left.ask('again 9', /^(again|refused|odd) .*$/m);
  theLan().ip('left', 'link', 'set', 'lo', 'up');
  assert.match(refused, /refused busy .*4 earlier captures/);
});

testWith([...needs, command('setpriv', 'util-linux')], 'without CAP_NET_RAW the refusal says what is missing', async () => {
  const nobody = new Machine(['setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw', '--']);
  assert.match(await nobody.ask('open', /^(open|refused|odd).*$/m), /refused permission-denied .*CAP_NET_RAW/);
});

test.run();
