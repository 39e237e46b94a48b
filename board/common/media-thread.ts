import { workerData } from 'node:worker_threads';
import type { InterfaceAddress } from '../../hal/address-holder.ts';
import { bank } from 'understudy:prompts';
import { bestBatch } from '../../hal/drivers/linux/best-batch.ts';
import { DgramBatch } from '../../hal/drivers/linux/dgram-batch.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxAddressHolder } from '../../hal/drivers/linux/linux-address-holder.ts';
import { LinuxDatagramNet } from '../../hal/drivers/linux/linux-datagram.ts';
import { LinuxRandom } from '../../hal/drivers/linux/linux-random.ts';
import { parentThread } from '../../hal/drivers/linux/linux-thread.ts';
import { askForPriority } from '../../hal/drivers/linux/scheduling.ts';
import type { LinkCommand, LinkEvent } from '../../firmware/failover/link-protocol.ts';
import { isLink } from '../../firmware/failover/link-protocol.ts';
import { PairLink } from '../../firmware/failover/pair-link.ts';
import type { Log } from '../../firmware/log.ts';
import { createMediaEngine } from '../../firmware/media/media-engine.ts';
import type { MediaCommand, MediaEvent } from '../../firmware/media/media-protocol.ts';
import { PackedPromptBank } from '../../firmware/media/packed-prompt-bank.ts';
import type { PromptBank } from '../../firmware/media/prompt-bank.ts';

/** What the control thread tells the media thread at its start. */
export interface MediaThreadStart {
  readonly ports: number;
  readonly address: string;
  readonly firstPort: number;
  /** 0 = silence of the peer is not reported. */
  readonly rtpTimeoutMs: number;
  /** 'best' or 'dgram': how packets get to the kernel. */
  readonly batch: string;
  /** What the heartbeat takes off this machine when the control thread hangs while the partner serves; null = no address is shared. */
  readonly sharedAddress: InterfaceAddress | null;
}

/** The media thread's main: an engine between the two threads' pipe and the RTP sockets. */
export async function runMediaThread(): Promise<void> {
  const control = parentThread<MediaCommand | LinkCommand, MediaEvent | LinkEvent>();
  if (control === null) return;
  const start = workerData as MediaThreadStart;
  const log: Log = { write: (severity, event, text, facts = {}) => control.send({ type: 'log', severity, event, text, facts }) };
  // Commands that come while the engine is being made; no more than a few, since no call can begin yet.
  const early: (MediaCommand | LinkCommand)[] = [];
  control.received = (command) => void early.push(command);
  const { ports, address, firstPort, rtpTimeoutMs } = start;
  const { batch, name, reason } = start.batch === 'dgram' ? { batch: new DgramBatch(), name: 'dgram', reason: 'as the board says' } : await bestBatch();
  const engine = createMediaEngine({
    clock: new LinuxClock(),
    random: new LinuxRandom(),
    batch,
    log,
    ports,
    address,
    firstPort,
    rtpTimeoutMs,
    prompts: prompts(),
    emit: (event) => control.send(event),
  });
  const link = pairLink(start, (event) => control.send(event));
  const { policy } = await askForPriority();
  await engine.start();
  log.write('info', 'media-thread', `The media thread runs with ${policy} priority and sends by ${name} (${reason}).`);
  control.received = (command) => {
    if (isLink(command)) return link.command(command);
    engine.command(command);
    if (command.type !== 'shut-down') return;
    link.close();
    void engine.close().then(() => control.close());
  };
  for (const command of early.splice(0)) control.received(command);
}

function pairLink({ sharedAddress }: MediaThreadStart, emit: (event: LinkEvent) => void): PairLink {
  const holder = new LinuxAddressHolder();
  const fence = sharedAddress === null ? null : () => holder.remove(sharedAddress);
  return new PairLink({ clock: new LinuxClock(), random: new LinuxRandom(), datagram: new LinuxDatagramNet(), emit, fence });
}

/** A build without voices plays tones and recordings only; the start-up log says so by the prompts it misses. */
function prompts(): PromptBank {
  const packed = bank();
  return packed.length === 0 ? { get: () => null, ids: () => [] } : new PackedPromptBank(packed);
}
