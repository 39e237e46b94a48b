import { readFile } from 'node:fs/promises';
import type { Request } from '../../firmware/cli/cli-commands.ts';
import { exitCodes } from '../../firmware/cli/exit-codes.ts';
import { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import { listenAt } from '../../firmware/witness/listen-at.ts';
import { parsePairList } from '../../firmware/witness/pair-list.ts';
import { Witness } from '../../firmware/witness/witness.ts';
import { halError } from '../../hal/drivers/linux/errno.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxDatagramNet } from '../../hal/drivers/linux/linux-datagram.ts';
import { LinuxRandom } from '../../hal/drivers/linux/linux-random.ts';
import { openSystemdNotify } from '../../hal/drivers/linux/systemd-notify.ts';
import { rememberHangUps } from './remember-hang-ups.ts';
import { logToStandardError } from './standard-error-log.ts';

type WitnessRequest = Extract<Request, { command: 'witness' }>;

/** Runs the witness until a signal; resolves to the exit code. Errors: HalError (the file cannot be read, the port is taken). */
export async function runWitness({ pairs: file, listen, logLevel }: WitnessRequest): Promise<number> {
  const followHangUps = rememberHangUps();
  const clock = new LinuxClock();
  const log = new UnitLog(clock, logLevel);
  logToStandardError(log, false);
  const local = listenAt(listen);
  if (local === null) return refuse(`--listen ${listen} is no address with a port; write it as 192.0.2.9:5072 or [2001:db8::9]:5072`, exitCodes.usage.code);
  const list = parsePairList(await readPairs(file), file);
  if (!list.ok) return refuse(list.faults.join('\n'), exitCodes.configuration.code);
  const witness = new Witness({ clock, random: new LinuxRandom(), datagram: new LinuxDatagramNet(), log });
  const { address, port } = await witness.start(local, list.pairs);
  followHangUps(() => void reload(witness, file, log));
  const notify = await openSystemdNotify(process.env);
  notify.ready(`witness of ${list.pairs.length} pairs`);
  log.write('notice', 'witness-started', `The witness of ${list.pairs.length} pairs listens on ${address} port ${port}; it grants takeovers in 2 s.`);
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => resolve(name));
  });
  log.write('notice', 'stop-asked', `The witness got ${signal}.`, { ...witness.refused });
  notify.stopping();
  witness.stop();
  return exitCodes.ok.code;
}

const readPairs = (file: string): Promise<string> => readFile(file, 'utf8').catch((cause: unknown) => Promise.reject(halError(file, cause)));

function refuse(text: string, code: number): number {
  process.stderr.write(`understudy: ${text}\n`);
  return code;
}

/** All of the file or nothing. Pairs whose name and secret stay keep their lease. */
async function reload(witness: Witness, file: string, log: UnitLog): Promise<void> {
  const list = await readPairs(file).then(
    (text) => parsePairList(text, file),
    (error: unknown) => ({ ok: false, faults: [error instanceof Error ? error.message : String(error)] }) as const,
  );
  if (!list.ok) {
    for (const fault of list.faults) log.write('error', 'pairs-fault', fault);
    return log.write('error', 'reload-failed', `${file} has faults; the pairs are as they were.`);
  }
  witness.use(list.pairs);
  log.write('notice', 'reloaded', `The witness has ${list.pairs.length} pairs now.`, { ...witness.refused });
}
