import { spawn } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { InterfaceAddress } from '../../hal/address-holder.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { requires, root, skipTest } from '../support/skip.ts';
import { ipv6Loopback } from './ipv6.ts';
import { linuxLan } from './lan-world.ts';
import { realTime, until } from './passing.ts';

/** Announcements as an independent decoder sees them on the third machine's cable. */
const limitS = 25;

type Frame = Readonly<Record<string, string>>;

class Capture {
  readonly frames: Frame[] = [];
  readonly #process;
  readonly #ended: Promise<void>;
  #rest = '';
  #said = '';

  constructor(namespace: string, filter: string, fields: readonly string[]) {
    const wanted = fields.flatMap((field) => ['-e', field]);
    const args = ['netns', 'exec', namespace, 'tshark', '-n', '-l', '-i', 'eth0', '-a', `duration:${limitS}`, '-f', filter, '-T', 'fields', ...wanted];
    this.#process = spawn('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.stdout.on('data', (chunk) => this.#take(String(chunk), fields));
    this.#process.stderr.on('data', (chunk) => (this.#said += chunk));
    this.#ended = new Promise((resolve) => this.#process.on('close', () => resolve()));
  }

  /** tshark says so when the kernel has given it the interface. */
  async started(): Promise<void> {
    await until(realTime, 'tshark captures or gives up', () => this.#said.includes('Capture started') || this.#process.exitCode !== null, limitS * 1000);
    if (this.#process.exitCode !== null) throw new Error(`tshark gave up: ${this.#said}`);
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGINT');
    await this.#ended;
  }

  #take(chunk: string, fields: readonly string[]): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.frames.push(Object.fromEntries(line.split('\t').map((value, at) => [fields[at] ?? '', value])));
  }
}

const missing = requires(root, networkNamespaces, 'tshark');
if (missing === undefined) tests();
else skipTest('address holder linux on the wire', missing);

function tests(): void {
  const { lan, left, stop } = linuxLan();
  test.after(async () => {
    await stop();
    lan.remove();
  });

  /** What is on the cable after one announcement. */
  const announced = async (shared: InterfaceAddress, filter: string, fields: readonly string[], count: number): Promise<Frame[]> => {
    await left.holder.add(shared);
    const capture = new Capture(lan.namespace('third'), filter, fields);
    try {
      await capture.started();
      await left.holder.announce(shared);
      await until(realTime, `${count} frames`, () => capture.frames.length >= count);
      await realTime.pass(200); // for what should not be there
    } finally {
      await capture.stop();
      await left.holder.remove(shared);
    }
    return capture.frames;
  };

  test('address holder linux: the wire shows an ARP announcement to everybody, in both forms', async () => {
    const fields = ['eth.dst', 'eth.src', 'arp.opcode', 'arp.src.hw_mac', 'arp.src.proto_ipv4', 'arp.dst.hw_mac', 'arp.dst.proto_ipv4', 'arp.isgratuitous'];
    const hardware = lan.hardwareAddress('left');
    const common = { 'eth.dst': 'ff:ff:ff:ff:ff:ff', 'eth.src': hardware, 'arp.src.hw_mac': hardware, 'arp.src.proto_ipv4': '10.9.0.80', 'arp.dst.proto_ipv4': '10.9.0.80', 'arp.isgratuitous': '1' };
    const frames = await announced({ interface: 'eth0', address: '10.9.0.80', prefixBits: 24 }, 'arp', fields, 2);
    assert.equal(frames, [
      { ...common, 'arp.opcode': '1', 'arp.dst.hw_mac': '00:00:00:00:00:00' },
      { ...common, 'arp.opcode': '2', 'arp.dst.hw_mac': hardware },
    ]);
  });

  const noIpv6 = requires(ipv6Loopback);
  const name = 'address holder linux: the wire shows an unsolicited neighbour advertisement to all nodes, with override';
  if (noIpv6 !== undefined) return skipTest(name, noIpv6);
  test(name, async () => {
    const flags = 'icmpv6.nd.na.flag';
    const fields = ['eth.dst', 'ipv6.src', 'ipv6.dst', 'ipv6.hlim', 'icmpv6.type', 'icmpv6.code', 'icmpv6.checksum.status', `${flags}.r`, `${flags}.s`, `${flags}.o`, 'icmpv6.nd.na.target_address', 'icmpv6.opt.type', 'icmpv6.opt.linkaddr'];
    const frames = await announced({ interface: 'eth0', address: 'fd00:9::80', prefixBits: 64 }, 'icmp6 and ip6[40] == 136', fields, 1);
    const expected = ['33:33:00:00:00:01', 'fd00:9::80', 'ff02::1', '255', '136', '0', '1', '0', '0', '1', 'fd00:9::80', '2', lan.hardwareAddress('left')];
    assert.equal(frames, [Object.fromEntries(fields.map((field, at) => [field, expected[at] ?? '']))]);
  });
}

test.run();
