import * as v from 'valibot';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import type { Document } from '../mailbox/document.ts';
import { openDocument } from '../mailbox/document.ts';
import { Folders } from '../mailbox/folders.ts';
import { estateFolder } from './alarm-outbox.ts';

/** Keys that are remembered, also after they were taken out of the settings: one that comes back must not bring old commands. */
const maxKeys = 64;

const schema = v.strictObject({ floors: v.pipe(v.record(v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)), v.number()), v.check((floors) => Object.keys(floors).length <= maxKeys)) });
interface FloorRecord {
  floors: Record<string, number>;
}

/** The highest command of each key that was done: on disk before it is done, so that none is ever done twice. */
export class CommandFloors {
  readonly #document: Document<FloorRecord>;

  private constructor(document: Document<FloorRecord>) {
    this.#document = document;
  }

  /** Errors: HalError no-space, read-only, io. */
  static async open(storage: Storage, log: Log): Promise<CommandFloors> {
    await new Folders(storage).ensure(estateFolder);
    return new CommandFloors(await openDocument<FloorRecord>(storage, `${estateFolder}/commands`, { floors: {} }, (found) => v.parse(schema, found), log));
  }

  of(key: string): number {
    return this.#document.state.floors[key] ?? 0;
  }

  /** What was known of done commands was lost with the disk. */
  get lost(): boolean {
    return this.#document.origin === 'damaged';
  }

  /** Errors: HalError; the floor holds in memory all the same. */
  raise(key: string, sequence: number): Promise<void> {
    return this.#document.change(({ floors }) => {
      floors[key] = sequence;
      const lowest = Object.entries(floors).sort(([, one], [, other]) => one - other)[0]?.[0];
      if (Object.keys(floors).length > maxKeys && lowest !== undefined) delete floors[lowest];
    });
  }
}
