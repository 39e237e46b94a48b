import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { parseConfiguration } from '../../../firmware/config/parse-configuration.ts';
import type { Settings } from '../../../firmware/config/settings.ts';
import type { FileMessageStore, FileMessageStoreOptions } from '../../../firmware/mailbox/file-message-store.ts';
import type { OwnerRecord } from '../../../firmware/mailbox/owner/owner-record.ts';
import type { BlobStore } from '../../../firmware/site/blob-store.ts';
import type { Value } from '../../../firmware/site/manifest.ts';
import { GreetingSource } from '../../../firmware/site/sources/greeting-source.ts';
import { mailboxVerification } from '../../../firmware/site/sources/mailbox-verification.ts';
import { OwnerSource } from '../../../firmware/site/sources/owner-source.ts';
import { SettingsSource } from '../../../firmware/site/sources/settings-source.ts';
import type { SiteIdentity } from '../../../firmware/site/signed-manifest.ts';
import { SiteState } from '../../../firmware/site/site-state.ts';
import type { SiteStateOptions } from '../../../firmware/site/site-state-options.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import type { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { chunksOf, ListLog, makeStore, wholeOf } from '../store-fixture.ts';

const pairs = new Map<string, { publicKey: KeyObject; privateKey: KeyObject }>();

function keysOf(unit: string): { publicKey: KeyObject; privateKey: KeyObject } {
  const known = pairs.get(unit) ?? generateKeyPairSync('ed25519');
  pairs.set(unit, known);
  return known;
}

/** Unit `a`, `b`, ... of site `house`; they believe each other, and nobody else. */
export const identityOf = (unit: string, site = 'house', believed: readonly string[] = ['a', 'b']): SiteIdentity => ({
  site,
  unit,
  privateKey: keysOf(unit).privateKey,
  publicKey: (other) => (believed.includes(other) ? keysOf(other).publicKey : null),
});

export const settingsText = (minLength = 6, mailboxes: readonly string[] = ['201', '202']): string =>
  JSON.stringify({ peers: [{ name: 'pbx', addresses: ['10.0.0.1'] }], pins: { minLength }, mailboxes: mailboxes.map((number) => ({ number })) });

export function settingsOf(text: string): Settings {
  const parsed = parseConfiguration(text, 'test.yaml');
  if (!parsed.ok) throw new Error(parsed.faults.map(({ message }) => message).join());
  return parsed.settings;
}

/** A unit's store and site state over one disk, as after a boot. */
export interface SiteUnit {
  readonly storage: SimStorage;
  readonly store: FileMessageStore;
  readonly settings: SettingsSource;
  readonly state: SiteState;
  readonly log: ListLog;
  readonly clock: SimClock;
}

export interface BootOptions {
  readonly clock?: SimClock;
  readonly own?: string;
  readonly seed?: number;
  readonly epoch?: number;
  readonly identity?: SiteIdentity;
  readonly state?: Partial<SiteStateOptions>;
  readonly store?: Partial<FileMessageStoreOptions>;
}

export async function boot(unit: string, storage: SimStorage, options: BootOptions = {}): Promise<SiteUnit> {
  const clock = options.clock ?? new SimClock();
  const { store, log } = makeStore(storage, {}, options.seed ?? unit.charCodeAt(0), clock, options.store);
  await store.open();
  const settings = await SettingsSource.open(storage, settingsOf(options.own ?? settingsText()), log);
  const state = await SiteState.open({
    storage,
    clock,
    log,
    identity: options.identity ?? identityOf(unit),
    sources: [settings, new OwnerSource(store.owners), new GreetingSource(store.greetings)],
    epoch: () => options.epoch ?? 1,
    reserveBytes: () => 0,
    verification: mailboxVerification(store),
    ...options.state,
  });
  return { storage, store, settings, state, log, clock };
}

/** Records and puts in force; the content tells by `tag` which it is. */
export async function greet({ store }: Pick<SiteUnit, 'store'>, mailbox: string, tag: number, chunks = 1, bytes = 2000, kind: 'greeting' | 'name' = 'greeting'): Promise<void> {
  const writer = await store.greetings.begin(mailbox, kind, 'PCMU');
  for (const chunk of chunksOf(tag, chunks, bytes)) writer.append(chunk, 0);
  await store.greetings.commit(mailbox, kind, await writer.finish('digit'));
}

/** null = the system's. */
export async function heard({ store }: Pick<SiteUnit, 'store'>, mailbox: string, kind: 'greeting' | 'name' = 'greeting'): Promise<string | null> {
  const current = store.greetings.current(mailbox, kind);
  if (current === null) return null;
  return (await wholeOf(await store.greetings.reader(mailbox, kind, current))).toString('base64');
}

export const spoken = (tag: number, chunks = 1, bytes = 2000): string => Buffer.concat(chunksOf(tag, chunks, bytes)).toString('base64');

export const pinRecord = (tag: number): OwnerRecord => ({ pin: { salt: 'c2FsdA==', hash: Buffer.from(`hash ${tag}`).toString('base64'), cost: 16384 }, wrongTries: 0, lockedUntilMs: 0, locks: 0 });

export const setPin = ({ store }: Pick<SiteUnit, 'store'>, mailbox: string, tag: number): Promise<void> => store.owners.change(mailbox, () => pinRecord(tag));

export const pinOf = ({ store }: Pick<SiteUnit, 'store'>, mailbox: string): string | null => store.owners.storedRecord(mailbox)?.pin?.hash ?? null;

/** Straight from one unit's disk to another's, without a network. */
export async function carry(from: SiteUnit, to: SiteUnit): Promise<string> {
  const signed = from.state.current;
  return signed === null ? 'nothing' : to.state.receive(signed, (value, blobs) => copied(from, value, blobs));
}

/** One content. */
export async function copied({ state }: SiteUnit, value: Value, blobs: BlobStore): Promise<boolean> {
  if (!state.blobs.has(value.sha256)) return false;
  for (let at = 0; at < value.bytes; ) {
    const piece = await state.blobs.piece(value.sha256, at, 65_536);
    await blobs.addPiece(value, piece, at);
    at += piece.length;
  }
  await blobs.finish(value);
  return true;
}
