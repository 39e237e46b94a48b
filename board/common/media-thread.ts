import type { InterfaceAddress } from '../../hal/address-holder.ts';
import { bank, voice } from 'understudy:prompts';
import type { DriverSet } from '../../hal/driver-set.ts';
import { driverSet } from '../../hal/driver-set.ts';
import { collectGarbage } from '../../hal/drivers/linux/collect-garbage.ts';
import { loadLibc } from '../../hal/drivers/linux/libc.ts';
import { bestBatch } from '../../hal/drivers/linux/best-batch.ts';
import { DgramBatch } from '../../hal/drivers/linux/dgram-batch.ts';
import { letHelpersRun } from '../../hal/drivers/linux/helpers-turn.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxAddressHolder } from '../../hal/drivers/linux/linux-address-holder.ts';
import { LinuxDatagramNet } from '../../hal/drivers/linux/linux-datagram.ts';
import { LinuxRandom } from '../../hal/drivers/linux/linux-random.ts';
import { LinuxSerialPorts } from '../../hal/drivers/linux/linux-serial.ts';
import { registerLinux } from '../../hal/drivers/linux/register.ts';
import { parentThread } from '../../hal/drivers/linux/linux-thread.ts';
import { askForPriority } from '../../hal/drivers/linux/scheduling.ts';
import { leaveOutUntouched } from '../../hal/drivers/linux/thread-memory.ts';
import type { LineDriver } from '../../hal/line.ts';
import type { LinkCommand, LinkEvent } from '../../firmware/failover/link-protocol.ts';
import { keepCode, keepsCode } from '../build/code-cache.ts';
import { isLink } from '../../firmware/failover/link-protocol.ts';
import { PairLink } from '../../firmware/failover/pair-link.ts';
import type { Log } from '../../firmware/log.ts';
import { createMediaEngine } from '../../firmware/media/media-engine.ts';
import type { LineSettings, MediaCommand, MediaThreadEvent } from '../../firmware/media/media-protocol.ts';
import { movedBy } from '../../firmware/media/media-protocol.ts';
import { PackedPromptBank } from '../../firmware/media/packed-prompt-bank.ts';
import type { PromptBank } from '../../firmware/media/prompt-bank.ts';

/** What the control thread tells the media thread at its start. */
export interface MediaThreadStart {
  readonly ports: number;
  readonly address: string;
  readonly firstPort: number;
  /** 0 = silence of the peer is not reported. */
  readonly rtpTimeoutMs: number;
  /** How often silence is sent while a caller is recorded. */
  readonly silentPacketMs: number;
  /** 'best' or 'dgram': how packets get to the kernel. */
  readonly batch: string;
  /** What the heartbeat takes off this machine when the control thread hangs while the partner serves; null = no address is shared. */
  readonly sharedAddress: InterfaceAddress | null;
  /** The shared address again, where calls go on whichever unit holds it; null = they end with their unit. */
  readonly followsOn: string | null;
  /** Analog lines; their drivers are opened in this thread. */
  readonly lines: readonly LineSettings[];
}

/** What a board adds to the thread: drivers that no other has. */
export type RegisterLines = (drivers: DriverSet, start: MediaThreadStart) => void;

/** The media thread's main: an engine between the two threads' pipe, the RTP sockets and the lines. */
export async function runMediaThread(register: RegisterLines | null = null): Promise<void> {
  const control = parentThread<MediaCommand | LinkCommand, MediaThreadEvent | LinkEvent>();
  if (control === null) return;
  const log: Log = { write: (severity, event, text, facts = {}) => control.send({ type: 'log', severity, event, text, facts }) };
  // Commands that come while the engine is being made; no more than a few, since no call can begin yet.
  const early: (MediaCommand | LinkCommand)[] = [];
  control.received = (command) => void early.push(command);
  // What every start needs is loaded while the control thread reads the configuration.
  await loadLibc().catch(() => undefined);
  const start = (await control.start) as MediaThreadStart;
  const { ports, address, firstPort, rtpTimeoutMs, silentPacketMs, followsOn, lines } = start;
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
    silentPacketMs,
    sharedAddress: followsOn,
    lines,
    lineDriver: lineDrivers(start, register),
    prompts: prompts(),
    emit: (event) => control.send(event, movedBy(event)),
  });
  leaveOutUntouched(() => engine.untouchedBytes);
  const link = pairLink(start, (event) => control.send(event), () => engine.command({ type: 'share', held: false }));
  const { policy } = await askForPriority();
  if (policy === 'fifo') letHelpersRun();
  if (keepsCode()) keepCode();
  collectGarbage(); // what unpacking has left, before there is a frame to be late with
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

/** One of each kind for all its lines, made when the first is opened. */
function lineDrivers(start: MediaThreadStart, register: RegisterLines | null): (name: string) => LineDriver {
  const drivers = driverSet();
  registerLinux(drivers);
  register?.(drivers, start);
  const made = new Map<string, LineDriver>();
  return (name) => {
    const driver = made.get(name) ?? drivers.line.make(name, undefined);
    made.set(name, driver);
    return driver;
  };
}

/** `unshared`: whoever takes the address off this machine stops the audio there at once, which control, hanging, cannot. */
function pairLink({ sharedAddress }: MediaThreadStart, emit: (event: LinkEvent) => void, unshared: () => void): PairLink {
  const holder = new LinuxAddressHolder();
  const removed = (address: InterfaceAddress): Promise<void> => {
    unshared();
    return holder.remove(address);
  };
  const fence = sharedAddress === null ? null : () => removed(sharedAddress);
  return new PairLink({ clock: new LinuxClock(), random: new LinuxRandom(), datagram: new LinuxDatagramNet(), serial: new LinuxSerialPorts(new LinuxClock()), emit, fence });
}

/** A build without voices plays tones and recordings only; the start-up log says so by the prompts it misses. */
function prompts(): PromptBank {
  const packed = bank();
  return packed.length === 0 ? { get: () => null, ids: () => [] } : new PackedPromptBank(packed, voice);
}
