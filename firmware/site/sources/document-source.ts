import { createHash } from 'node:crypto';
import { namePattern } from '../../callflow/document/flow-document.ts';
import type { DocumentLibrary } from '../../flows/document-library.ts';
import type { Chunks } from '../blob-store.ts';
import type { Value } from '../manifest.ts';
import { SiteError } from '../site-error.ts';
import type { Prepared, SiteSource } from '../site-source.ts';
import { gathered, oneChunk } from '../site-source.ts';

/** Documents of a library, each as its text: `flow/<name>`. One that this unit does not understand is kept for those that do. */
export class DocumentSource implements SiteSource {
  changed: ((name: string) => void) | null = null;
  readonly #area: string;
  readonly #library: DocumentLibrary<unknown>;

  constructor(area: string, library: DocumentLibrary<unknown>) {
    this.#area = `${area}/`;
    this.#library = library;
    library.changed = (name) => this.changed?.(`${area}/${name}`);
  }

  owns(name: string): boolean {
    return this.#named(name) !== null;
  }

  names(): readonly string[] {
    return [...this.#library.all().keys()].map((name) => this.#area + name);
  }

  async is(name: string, value: Value): Promise<boolean> {
    const bytes = this.#bytes(name);
    return bytes !== null && createHash('sha256').update(bytes).digest('hex') === value.sha256;
  }

  read(name: string): Chunks | null {
    const bytes = this.#bytes(name);
    return bytes === null ? null : oneChunk(bytes);
  }

  async prepare(name: string, content: Chunks | null): Promise<Prepared> {
    const { what, mostBytes, read, most } = this.#library.kind;
    const document = this.#named(name);
    if (document === null) throw new SiteError('malformed', `${name} names no ${what}`);
    if (content === null) return { commit: async () => void (await this.#library.remove(document)), discard: async () => undefined };
    const bytes = await gathered(content, mostBytes);
    const text = bytes === null ? null : new TextDecoder().decode(bytes);
    if (text === null || read(text)?.name !== document) throw new SiteError('malformed', `${name} is no ${what} of this name with at most ${mostBytes} bytes`);
    if (this.#library.get(document) === null && this.#library.all().size >= most) throw new SiteError('not-applicable', `there are ${most} of ${what} already`);
    return { commit: () => this.#library.take(document, text), discard: async () => undefined };
  }

  #bytes(name: string): Uint8Array | null {
    const document = this.#named(name);
    const kept = document === null ? null : this.#library.get(document);
    return kept === null ? null : new TextEncoder().encode(kept.text);
  }

  #named(name: string): string | null {
    const document = name.startsWith(this.#area) ? name.slice(this.#area.length) : '';
    return namePattern.test(document) ? document : null;
  }
}
