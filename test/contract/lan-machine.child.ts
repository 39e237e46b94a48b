import { LinuxAddressHolder } from '../../hal/drivers/linux/linux-address-holder.ts';
import { LinuxDatagramNet } from '../../hal/drivers/linux/linux-datagram.ts';
import { LinuxReachability } from '../../hal/drivers/linux/linux-reachability.ts';
import type { DatagramSocket, Endpoint } from '../../hal/datagram.ts';
import type { InterfaceAddress } from '../../hal/address-holder.ts';
import { HalError } from '../../hal/errors.ts';
import type { Ask, Tell } from './lan-talk.ts';

/** One machine of a `NamespaceLan`: runs the Linux drivers inside its namespace, as the test beside it asks. */
const holder = new LinuxAddressHolder();
const reachability = new LinuxReachability();
const datagram = new LinuxDatagramNet();
const open = new Map<number, { close(): void }>();
const sockets = new Map<number, DatagramSocket>();

const tell = (what: Tell): void => void process.send?.(what);

process.on('message', (ask: Ask) => {
  answer(ask).then(
    (value) => tell({ kind: 'done', id: ask.id, value }),
    (error: unknown) => {
      if (!(error instanceof HalError)) throw error;
      tell({ kind: 'refused', id: ask.id, error: { id: error.id, place: error.place, message: error.message } });
    },
  );
});
process.on('disconnect', () => process.exit());

async function answer(ask: Ask): Promise<unknown> {
  switch (ask.kind) {
    case 'holder': return holder[ask.method](ask.address);
    case 'answers': return reachability.answers(ask.address, ask.timeoutMs);
    case 'towards': return reachability.interfaceTowards(ask.address);
    case 'watch': return void open.set(ask.id, await reachability.watchCarrier(ask.name, (up) => tell({ kind: 'carrier', id: ask.id, up })));
    case 'bind': return bind(ask.id, ask.local);
    case 'send': return sockets.get(ask.socket)?.send(Buffer.from(ask.text, 'latin1'), ask.to);
    case 'move': return move(ask.address, ask.port);
    case 'close': return open.get(ask.what)?.close();
  }
}

async function bind(id: number, local: Endpoint): Promise<Endpoint> {
  const socket = await datagram.bind(local);
  socket.received = (bytes, from) => tell({ kind: 'heard', id, text: Buffer.from(bytes).toString('latin1'), from });
  sockets.set(id, socket);
  open.set(id, socket);
  return socket.local;
}

/** Takes the address and announces it while packets for it keep coming; tells how long each step took, and until the first packet. */
async function move(address: InterfaceAddress, port: number): Promise<{ addMs: number; announceMs: number; firstMs: number }> {
  const socket = await datagram.bind({ address: address.address.includes(':') ? '::' : '0.0.0.0', port });
  try {
    const began = performance.now();
    const first = new Promise<number>((resolve) => (socket.received = () => resolve(performance.now() - began)));
    await holder.add(address);
    const addMs = performance.now() - began;
    await holder.announce(address);
    return { addMs, announceMs: performance.now() - began - addMs, firstMs: await first };
  } finally {
    socket.close();
  }
}
