import type { Storage } from '../../hal/storage.ts';
import { HalError } from '../../hal/errors.ts';
import { namePattern } from '../callflow/document/flow-document.ts';
import type { Log } from '../log.ts';
import { damagedFolder } from '../mailbox/mailbox-paths.ts';
import { Serial } from '../mailbox/serial.ts';
import { readWhole, writeDurably } from '../site/durable-file.ts';
import { makeFolder } from './make-folder.ts';

/** What is wrong with a document: where (JSON pointer, RFC 6901; '' = all of it), in a sentence with a remedy. */
export interface DocumentFault {
  readonly place: string;
  readonly text: string;
}

/** What a text of JSON is: its name, and what it means to the unit; `value` null: it has faults, and is kept, and not used. */
export interface ReadDocument<Value> {
  readonly name: string;
  readonly value: Value | null;
  readonly faults: readonly DocumentFault[];
}

export interface LibraryKind<Value> {
  /** For people: 'flow'. */
  readonly what: string;
  /** Below `flows/`. */
  readonly folder: string;
  readonly most: number;
  readonly mostBytes: number;
  /** Of all together: they are held in memory. */
  readonly mostTogetherBytes: number;
  /** null: the text is not even a document with a name. */
  read(text: string): ReadDocument<Value> | null;
}

export interface KeptDocument<Value> extends ReadDocument<Value> {
  readonly text: string;
}

export type PutOutcome = { readonly put: true } | { readonly put: false; readonly faults: readonly DocumentFault[] };

const suffix = '.json';
/** A write that did not come to its end (`writeDurably`). */
const unfinished = '.fresh';

/** Documents of one kind, as people write them: one file each, replaced atomically. What is here is in memory as well. */
export class DocumentLibrary<Value> {
  /** Set by the site's source: what stands under this name is another, or gone. */
  changed: ((name: string) => void) | null = null;
  readonly kind: LibraryKind<Value>;
  readonly #storage: Storage;
  readonly #log: Log;
  #documents: ReadonlyMap<string, KeptDocument<Value>> = new Map();
  readonly #serial = new Serial();

  private constructor(storage: Storage, kind: LibraryKind<Value>, log: Log) {
    this.#storage = storage;
    this.kind = kind;
    this.#log = log;
  }

  /** `parent` must exist. What cannot be read at all is set aside; what has faults is kept unused; both are told. Errors: HalError of the folder. */
  static async open<Value>(storage: Storage, parent: string, kind: LibraryKind<Value>, log: Log): Promise<DocumentLibrary<Value>> {
    const library = new DocumentLibrary(storage, { ...kind, folder: `${parent}/${kind.folder}` }, log);
    await makeFolder(storage, library.kind.folder);
    await library.#load();
    return library;
  }

  /** What `open` would have, read without writing a byte: beside a unit that runs. Errors: HalError io. */
  static async view<Value>(storage: Storage, parent: string, kind: LibraryKind<Value>): Promise<ReadonlyMap<string, KeptDocument<Value>>> {
    const folder = `${parent}/${kind.folder}`;
    const documents = new Map<string, KeptDocument<Value>>();
    if ((await storage.stat(folder))?.directory !== true) return documents;
    for (const name of (await storage.list(folder)).flatMap((file) => nameOfFile(file) ?? []).sort().slice(0, kind.most)) {
      const document = await readDocument(storage, `${folder}/${name}${suffix}`, name, kind);
      if (document !== null) documents.set(name, document);
    }
    return documents;
  }

  /** As they are now; a later change makes another map. */
  all(): ReadonlyMap<string, KeptDocument<Value>> {
    return this.#documents;
  }

  get(name: string): KeptDocument<Value> | null {
    return this.#documents.get(name) ?? null;
  }

  /**
   * Durable when resolved; the document's own name counts. A text with faults is refused. It is kept as it is written, but for a byte-order mark:
   * what is read back from disk, or comes to the partner, has none, and would pass for another text. Errors: HalError no-space, read-only, io.
   */
  put(written: string): Promise<PutOutcome> {
    const text = written.replace(/^\uFEFF/, '');
    const found = Buffer.byteLength(text) > this.kind.mostBytes ? null : this.kind.read(text);
    if (found === null) return Promise.resolve(refused(`this is no ${this.kind.what}: JSON of at most ${this.kind.mostBytes} bytes with a name`));
    if (found.value === null) return Promise.resolve({ put: false, faults: found.faults });
    return this.#serial.run(() => this.#keep({ ...found, text }));
  }

  /** As `put`, of what another unit of the site has: it is kept as it is, and used if this unit understands it. Errors: HalError, too-large where there is no room. */
  async take(name: string, text: string): Promise<void> {
    const found = Buffer.byteLength(text) > this.kind.mostBytes ? null : this.kind.read(text);
    if (found === null || found.name !== name) throw new HalError('too-large', name, `it is no ${this.kind.what} of this name`);
    if (this.get(name)?.text === text) return;
    const outcome = await this.#serial.run(() => this.#keep({ ...found, text }));
    if (!outcome.put) throw new HalError('too-large', name, outcome.faults[0]?.text ?? '');
  }

  /** Durable when resolved; false: there is none. Errors: HalError read-only, io. */
  remove(name: string): Promise<boolean> {
    return this.#serial.run(async () => {
      if (!this.#documents.has(name)) return false;
      await this.#storage.remove(this.#path(name));
      await this.#storage.syncDirectory(this.kind.folder);
      const rest = new Map(this.#documents);
      rest.delete(name);
      this.#documents = rest;
      this.changed?.(name);
      return true;
    });
  }

  async #keep(document: KeptDocument<Value>): Promise<PutOutcome> {
    const { name, text } = document;
    if (!this.#documents.has(name) && this.#documents.size >= this.kind.most) return refused(`there are ${this.kind.most} already; remove one`);
    const together = [...this.#documents.values()].reduce((sum, one) => sum + (one.name === name ? 0 : one.text.length), text.length);
    if (together > this.kind.mostTogetherBytes) return refused(`all together have at most ${Math.floor(this.kind.mostTogetherBytes / 2 ** 20)} MiB; remove one`);
    await writeDurably(this.#storage, this.#path(name), new TextEncoder().encode(text));
    this.#documents = new Map(this.#documents).set(name, document);
    this.changed?.(name);
    return { put: true };
  }

  async #load(): Promise<void> {
    const documents = new Map<string, KeptDocument<Value>>();
    for (const file of (await this.#storage.list(this.kind.folder)).sort()) {
      if (file.endsWith(unfinished)) {
        await this.#storage.remove(`${this.kind.folder}/${file}`).catch(() => undefined);
        continue;
      }
      const name = nameOfFile(file);
      if (name === null || documents.size >= this.kind.most) {
        this.#log.write('warning', 'document-left-out', `${this.kind.folder}/${file} is no ${this.kind.what} of this unit, or one too many; it is left out.`);
        continue;
      }
      const document = await this.#read(name);
      if (document === null) await this.#setAside(name);
      else documents.set(name, document);
    }
    this.#documents = documents;
  }

  async #read(name: string): Promise<KeptDocument<Value> | null> {
    const found = await readDocument(this.#storage, this.#path(name), name, this.kind);
    const fault = found?.faults[0];
    if (found !== null && fault !== undefined) {
      const more = found.faults.length > 1 ? ` (and ${found.faults.length - 1} more)` : '';
      this.#log.write('alert', 'document-faulty', `The ${this.kind.what} '${name}' is not used: ${fault.place === '' ? '' : `${fault.place}: `}${fault.text}${more}.`, { name });
    }
    return found;
  }

  /** Never keeps the unit from starting. */
  async #setAside(name: string): Promise<void> {
    const to = `${damagedFolder}/${this.kind.what}-${name}${suffix}`;
    const moved = await this.#move(this.#path(name), to).catch((error: unknown) => String(error));
    this.#log.write('alert', 'document-damaged', `The ${this.kind.what} '${name}' cannot be read, or bears another name; ${moved === null ? `it was set aside as ${to}` : `it stays, unused: ${moved}`}.`, { name });
  }

  async #move(from: string, to: string): Promise<null> {
    await makeFolder(this.#storage, damagedFolder);
    await this.#storage.rename(from, to);
    await this.#storage.syncDirectory(damagedFolder);
    await this.#storage.syncDirectory(this.kind.folder);
    return null;
  }

  #path(name: string): string {
    return `${this.kind.folder}/${name}${suffix}`;
  }
}

function nameOfFile(file: string): string | null {
  const name = file.endsWith(suffix) ? file.slice(0, -suffix.length) : '';
  return namePattern.test(name) ? name : null;
}

/** null: it cannot be read, or bears another name. */
async function readDocument<Value>(storage: Storage, path: string, name: string, kind: LibraryKind<Value>): Promise<KeptDocument<Value> | null> {
  const bytes = await readWhole(storage, path, kind.mostBytes);
  const text = bytes === null ? null : new TextDecoder().decode(bytes);
  const found = text === null ? null : kind.read(text);
  return text === null || found === null || found.name !== name ? null : { ...found, text };
}

const refused = (text: string): PutOutcome => ({ put: false, faults: [{ place: '', text }] });
