// Updates as a technician at the serial line gives and follows them.
import type { UnitConsole } from './unit-console.ts';
import { patience } from './unit-console.ts';

/** Five times what an idle machine takes. */
export const provedLimitMs = patience * 150_000;
const installLimitMs = patience * 400_000;

/** Waits until `show update` says that `version` runs in `slot` and has answered its own call. Errors: not in time, with what it said last. */
export function marked(person: UnitConsole, slot: 'A' | 'B', version: string): Promise<string> {
  return person.typeUntil('show update', new RegExp(`slot ${slot} +version ${version.replaceAll('.', '\\.')}, runs, good`), provedLimitMs);
}

/** The version that runs, whichever it is, has answered its own call. Errors: not in time. */
export async function proved(person: UnitConsole): Promise<void> {
  await person.typeUntil('show update', /, runs, good/, provedLimitMs);
}

/** Gives the order for a bundle, to be tried later, and follows it; resolves to what was said last. */
export async function ending(person: UnitConsole, url: string): Promise<string> {
  const said = await person.type(`update ${url} --later --follow`, installLimitMs);
  return said.trim().split('\n').at(-1) ?? '';
}

/** The same for one that is taken. Errors: it was not, with what was said. */
export async function installs(person: UnitConsole, url: string): Promise<void> {
  const end = await ending(person, url);
  if (!/installed, waits for the restart/.test(end)) throw new Error(`${url} was not installed: ${end}`);
}

/** Gives the order, to be tried later, until it is taken: the running version must have proved itself, and the service that installs be there. Errors: it is not taken in time. */
export async function begins(person: UnitConsole, url: string): Promise<void> {
  await person.typeUntil(`update ${url} --later`, /it is fetched/, provedLimitMs);
}
