import { DgramBatch } from '../../hal/drivers/linux/dgram-batch.ts';
import { EpollBatch } from '../../hal/drivers/linux/epoll-batch.ts';
import { LinuxAddressHolder } from '../../hal/drivers/linux/linux-address-holder.ts';
import { LinuxDatagramNet } from '../../hal/drivers/linux/linux-datagram.ts';
import { LinuxReachability } from '../../hal/drivers/linux/linux-reachability.ts';
import { LinuxStreamNet } from '../../hal/drivers/linux/linux-stream.ts';
import { HalError } from '../../hal/errors.ts';

const free = { address: '127.0.0.1', port: 0 };
const shared = { interface: 'lo', address: '127.0.0.9', prefixBits: 8 };

async function id(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'nothing refused',
    (error: unknown) => (error instanceof HalError ? error.id : String(error)),
  );
}

/** Opens slots until one is refused, then asks the others; at last makes room and tries again. */
async function withoutDescriptors(): Promise<unknown> {
  const listener = await new LinuxStreamNet().listen(free, () => {});
  await EpollBatch.create(); // while its addon can still be loaded
  const batch = new DgramBatch();
  let slots = 0;
  let refused = 'nothing refused';
  while (refused === 'nothing refused' && slots < 1000) refused = await id(batch.open(slots++, free));
  const epoll = await id((await EpollBatch.create()).open(0, free));
  const datagram = await id(new LinuxDatagramNet().bind(free));
  const listen = await id(new LinuxStreamNet().listen(free, () => {}));
  const connect = await id(new LinuxStreamNet().connect(listener.local, 1000));
  const held = await id(new LinuxAddressHolder().held(shared));
  const network = new LinuxReachability();
  const answers = await id(network.answers(free.address, 1000));
  const watch = await id(network.watchCarrier('lo', () => {}));
  batch.close(0);
  const again = await id(batch.open(0, free));
  batch.closeAll();
  listener.close();
  return { batch: refused, epoll, datagram, listen, connect, held, answers, watch, again };
}

async function withoutPrivilege(): Promise<unknown> {
  const low = { address: '127.0.0.1', port: 1 };
  return { address: await id(new LinuxAddressHolder().add(shared)), batch: await id(new DgramBatch().open(0, low)), epoll: await id((await EpollBatch.create()).open(0, low)), datagram: await id(new LinuxDatagramNet().bind(low)), listen: await id(new LinuxStreamNet().listen(low, () => {})) };
}

console.log(JSON.stringify(await (process.argv[2] === 'descriptors' ? withoutDescriptors() : withoutPrivilege())));
