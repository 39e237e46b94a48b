import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Alarm } from '../../notify/alarm-machine.ts';
import { alarmSchema } from '../../notify/alarm-machine.ts';
import type { AlarmStore } from '../../notify/alarm-store.ts';
import { mostAlarms } from '../../notify/alarm-store.ts';
import type { Chunks } from '../blob-store.ts';
import { canonicalBytes } from '../canonical-json.ts';
import type { Value } from '../manifest.ts';
import { SiteError } from '../site-error.ts';
import type { Prepared, SiteSource } from '../site-source.ts';
import { gathered, oneChunk } from '../site-source.ts';

const mostBytes = 2048;
const prefix = 'alarm/';

/** Alarm calls, with when each rings next: `alarm/<id>`. Whichever unit serves rings them. */
export class AlarmSource implements SiteSource {
  changed: ((name: string) => void) | null = null;
  readonly #store: AlarmStore;

  constructor(store: AlarmStore) {
    this.#store = store;
    store.changed = (id) => this.changed?.(prefix + id);
  }

  owns(name: string): boolean {
    return /^alarm\/[0-9a-f]{8}$/.test(name);
  }

  names(): readonly string[] {
    return this.#store.all().map(({ id }) => prefix + id);
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
    const id = name.slice(prefix.length);
    const discard = async (): Promise<void> => undefined;
    if (content === null) return { commit: () => this.#store.remove(id), discard };
    const alarm = decoded(name, await gathered(content, mostBytes));
    if (alarm.id !== id) throw new SiteError('malformed', `the content of ${name} is another alarm`);
    if (this.#store.full && this.#store.find(id) === null) throw new SiteError('not-applicable', `there are ${mostAlarms} alarms already`);
    return { commit: () => this.#store.put(alarm), discard };
  }

  #bytes(name: string): Uint8Array | null {
    const alarm = this.owns(name) ? this.#store.find(name.slice(prefix.length)) : null;
    return alarm === null ? null : canonicalBytes({ form: 1, ...alarm });
  }
}

function decoded(name: string, bytes: Buffer | null): Alarm {
  try {
    const { form: _, ...alarm } = v.parse(v.strictObject({ form: v.literal(1), ...alarmSchema.entries }), JSON.parse(String(bytes)));
    return alarm;
  } catch {
    throw new SiteError('malformed', `the content of ${name} is no alarm`);
  }
}
