import { resolve } from 'node:path';
import { exitCodes } from '../../firmware/cli/exit-codes.ts';
import type { UpdateRequest } from '../../firmware/cli/update-words.ts';
import { encodeFrame } from '../../firmware/console/door-frames.ts';
import { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import { BundleFetcher } from '../../firmware/update/bundle-fetcher.ts';
import { bundleSourceFault } from '../../firmware/update/bundle-source.ts';
import { ownRelease } from '../../firmware/update/release-facts.ts';
import { UpdateDesk } from '../../firmware/update/update-desk.ts';
import { isWebAddress } from '../../hal/download.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { HalError } from '../../hal/errors.ts';
import type { Board } from '../board.ts';
import { connected, ended, socketPath, userName } from './console-client.ts';
import { failed, print } from './print.ts';
import { raucFirmware } from './rauc-firmware.ts';

/** Set aside for messages where no unit runs that would know how much it is configured to. */
const keptBackBytes = 64 * 1024 * 1024;
/** A unit that asks who somebody is does so at once. */
const loginMs = 300;
const lookMs = 200;

/** `understudy update`: the unit that runs does it; without one it is done here. Resolves to the exit code. Errors: HalError. */
export async function runUpdateTool({ source, later, data }: UpdateRequest, board: Board, version: string): Promise<number> {
  const folder = data ?? board.dataFolder;
  const place = source === 'usb' || isWebAddress(source) ? source : resolve(source);
  const fault = bundleSourceFault(place);
  if (fault !== null) return failed([`${source}: ${fault}`]);
  if (board.firmware === undefined) return failed([`nothing was done: on the board ${board.model} the unit is a program among others, and whoever looks after its machine replaces it`]);
  try {
    return await throughTheUnit(folder, `update ${place} --follow${later ? ' --later' : ''}`);
  } catch (error) {
    if (!(error instanceof HalError && error.id === 'not-found')) throw error;
    return withoutUnit(place, folder, version);
  }
}

async function throughTheUnit(folder: string, line: string): Promise<number> {
  const socket = await connected(socketPath(folder), folder);
  let said = '';
  socket.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString()).slice(-4096);
    if (!said.endsWith('login: ')) process.stdout.write(bytes);
  });
  const over = ended(socket);
  socket.write(encodeFrame({ kind: 'hello', terminal: 'pipe', window: { columns: 0, rows: 0 }, who: userName() }));
  await Promise.race([over, new Promise((resolve) => setTimeout(resolve, loginMs))]);
  if (said.endsWith('login: ')) {
    socket.destroy();
    return failed([`this unit asks who you are: join it by understudy console, and there say ${line}`]);
  }
  socket.write(encodeFrame({ kind: 'keys', bytes: Buffer.from(`${line}\nexit\n`) }));
  const code = await over;
  return /^(?:refused|failed|not begun|rolled back)/m.test(said) ? exitCodes.badData.code : code;
}

/** The same checks and the same record, and nobody to be asked for an own call: the next start of the machine tries it. */
async function withoutUnit(source: string, folder: string, version: string): Promise<number> {
  const storage = await LinuxStorage.at(folder);
  const unlock = await storage.lock('unit.lock');
  const clock = new LinuxClock();
  const log = new UnitLog(clock, 'info');
  const detach = log.attach(({ text }) => print([text]));
  const kept = (): number => keptBackBytes;
  const { slots, files, downloads } = raucFirmware(folder, version);
  const desk = new UpdateDesk({
    clock, log, storage, version, release: ownRelease, slots, files, fetcher: new BundleFetcher({ clock, log, storage, downloads, keptBackBytes: kept }),
    power: null, keptBackBytes: kept, partner: () => null, calls: () => 0, service: () => ({ serves: false, partnerFit: false }), handOver: () => undefined, held: () => null,
    doubts: () => ['no unit runs'], ownCall: async () => 'no unit runs', leave: async () => undefined, endProgram: null,
  });
  try {
    await desk.start();
    const { ok, text } = await desk.order(source, userName(), 'command');
    if (!ok) return failed([`not begun: ${text}`]);
    while (!['idle', 'waiting'].includes(desk.status().phase)) await new Promise((resolve) => setTimeout(resolve, lookMs));
    if (desk.status().phase === 'idle') return exitCodes.badData.code;
    await desk.settled();
    print(['Restart the machine: it tries the new version then.']);
    return exitCodes.ok.code;
  } finally {
    desk.stop();
    detach();
    await unlock();
  }
}
