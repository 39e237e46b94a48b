// Captures what it is told by lines on its input, in the network namespace that it was started in, and says what it sees.
import { createSocket } from 'node:dgram';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { linkTypes } from '../../hal/capture.ts';
import type { OpenCapture } from '../../hal/capture.ts';
import { HalError } from '../../hal/errors.ts';
import { PcapCapture } from '../../hal/drivers/pcap/pcap-capture.ts';

const port = 40_000;
const headBytes = { [linkTypes.linuxCooked]: 16 + 28, [linkTypes.ethernet]: 14 + 28 } as Readonly<Record<number, number>>;
const driver = new PcapCapture();
const socket = createSocket('udp4');
let capture: OpenCapture | null = null;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const descriptors = (): number => readdirSync('/proc/self/fd').length;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function open(): Promise<OpenCapture> {
  const one = await driver.open([{ transport: 'udp', hosts: [], ports: [[port, port]], fragments: false }]);
  one.packet = ({ bytes, length, seconds }) => say(`packet ${Buffer.from(bytes.subarray(headBytes[one.linkType] ?? 0)).toString()} ${bytes.length === length} ${Math.abs(seconds - Date.now() / 1000) < 10}`);
  one.failed = (error) => say(`failed ${error.id}`);
  return one;
}

const orders: Readonly<Record<string, (words: readonly string[]) => Promise<void> | void>> = {
  async open() {
    capture = await open();
    say('open');
  },
  send: ([address = '', text = '', size = '']) => socket.send(text.padEnd(Number(size), '.'), port, address, (error) => say(error === null ? 'sent' : `unsent ${error.message}`)),
  /** So many datagrams, one each 20 ms. */
  async stream([address = '', text = '', count = '']) {
    for (let at = 0; at < Number(count); at++) {
      socket.send(text, port, address);
      await pause(20);
    }
    say('streamed');
  },
  /** One datagram, and the end. */
  async last([address = '', text = '']) {
    await new Promise((resolve) => socket.send(text, port, address, resolve));
    await capture?.close();
    say('closed');
  },
  async close() {
    await capture?.close();
    say('closed');
  },
  /** Captures of a quiet port, opened and closed. */
  async again([count = '']) {
    await (await open()).close();
    await pause(100);
    const before = descriptors();
    for (let at = 0; at < Number(count); at++) {
      await (await open()).close();
    }
    await pause(100);
    say(`again ${descriptors() - before}`);
  },
  /** Whether libpcap understands every kind of filter. */
  async filters() {
    const range = [[5060, 5060], [16_384, 16_500]] as const;
    const hosts = [[], ['10.0.0.1'], ['10.0.0.0/8'], ['2001:db8::1'], ['2001:db8:0:0:0:0:0:0/32'], ['10.0.0.1', '192.0.2.0/24', 'fd00:0:0:0:0:0:0:0/8', '0.0.0.0/0']];
    for (const some of hosts) {
      await (await driver.open([{ transport: 'udp', hosts: some, ports: range, fragments: true }, { transport: 'tcp', hosts: some, ports: range, fragments: true }])).close();
    }
    say(`filters ${hosts.length}`);
  },
  lost: () => say(`lost ${capture?.dropped()}`),
};

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [order = '', ...words] = line.split(' ');
    void Promise.resolve(orders[order]?.(words)).catch((error: unknown) => say(error instanceof HalError ? `refused ${error.id} ${error.message}` : `odd ${String(error)}`));
  })
  .on('close', () => process.exit());
say('ready');
