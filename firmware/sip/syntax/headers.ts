import type { HeaderField, Headers } from '../message.ts';
import { sipLimits } from '../message.ts';
import { canonicalName } from './header-names.ts';
import { splitOutside } from './tokens.ts';

export function createHeaders(fields: readonly HeaderField[] = []): Headers {
  return new HeaderFields(fields);
}

class HeaderFields implements Headers {
  #fields: HeaderField[];

  constructor(fields: readonly HeaderField[]) {
    this.#fields = [...fields];
  }

  get fields(): readonly HeaderField[] {
    return this.#fields;
  }

  get(name: string): string | undefined {
    const wanted = canonicalName(name);
    for (const field of this.#fields) if (sameName(field.name, wanted)) return field.value;
    return undefined;
  }

  all(name: string): string[] {
    const wanted = canonicalName(name);
    const values: string[] = [];
    for (const field of this.#fields) if (sameName(field.name, wanted)) values.push(field.value);
    return values;
  }

  list(name: string): string[] {
    const entries: string[] = [];
    for (const value of this.all(name)) {
      for (const entry of splitOutside(value, ',', sipLimits.listEntries)) {
        if (entry !== '' && entries.length < sipLimits.listEntries) entries.push(entry);
      }
    }
    return entries;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  set(name: string, value: string): void {
    const wanted = canonicalName(name);
    const at = this.#fields.findIndex((field) => sameName(field.name, wanted));
    if (at < 0) return this.append(name, value);
    this.#fields[at] = { name: wanted, value };
    this.#fields = this.#fields.filter((field, index) => index <= at || !sameName(field.name, wanted));
  }

  append(name: string, value: string): void {
    this.#fields.push({ name: canonicalName(name), value });
  }

  prepend(name: string, value: string): void {
    this.#fields.unshift({ name: canonicalName(name), value });
  }

  remove(name: string): void {
    const wanted = canonicalName(name);
    this.#fields = this.#fields.filter((field) => !sameName(field.name, wanted));
  }

  removeFirst(name: string): void {
    const wanted = canonicalName(name);
    const at = this.#fields.findIndex((field) => sameName(field.name, wanted));
    const field = this.#fields[at];
    if (field === undefined) return;
    const [, ...rest] = splitOutside(field.value, ',', sipLimits.listEntries);
    if (rest.length === 0) this.#fields.splice(at, 1);
    else this.#fields[at] = { name: field.name, value: rest.join(', ') };
  }
}

/** Names of known headers are canonical already; unknown ones are compared without case. The first letter tells most apart without a copy. */
function sameName(one: string, wanted: string): boolean {
  if (one === wanted) return true;
  if (one.length !== wanted.length || (one.charCodeAt(0) | 32) !== (wanted.charCodeAt(0) | 32)) return false;
  return one.toLowerCase() === wanted.toLowerCase();
}
