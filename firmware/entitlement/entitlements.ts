import type { Clock, MonotonicMs } from '../../hal/clock.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import type { Allowance } from './allowance.ts';
import { allowance } from './allowance.ts';
import type { Feature, ReadEntitlement } from './entitlement.ts';
import { readEntitlement } from './entitlement.ts';
import type { PortUse } from './port-admission.ts';
import { refusePort } from './port-admission.ts';

/** What became of reading the entitlement file; null = none is configured. */
export type EntitlementFile = { readonly text: string } | { readonly unreadable: string } | null;

export interface EntitlementsParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly startedMs: MonotonicMs;
  readonly settings: () => Settings;
  /** Of the unit's certificate. */
  readonly unitId: () => string;
  readonly servesAs: () => 'primary' | 'backup';
}

/** What the unit is entitled to, asked at each call. The file is read at the start and on each reload. */
export class Entitlements {
  readonly #parts: EntitlementsParts;
  #file: EntitlementFile;
  #told = '';
  /** What was read last, and by which key: its signature is checked once. */
  #read: { readonly key: string; readonly found: ReadEntitlement } | null = null;

  constructor(parts: EntitlementsParts, file: EntitlementFile) {
    this.#parts = parts;
    this.#file = file;
  }

  /** It was read again. */
  replace(file: EntitlementFile): void {
    this.#file = file;
    this.#read = null;
    this.tell();
  }

  allowance(): Allowance {
    const { clock, startedMs, settings, unitId, servesAs } = this.#parts;
    const { issuerKey } = settings().entitlement;
    return allowance({
      file: issuerKey === null ? null : this.#found(issuerKey),
      unitId: unitId(), serves: servesAs(), nowMs: clock.wall(), uptimeMs: clock.monotonic() - startedMs, ports: settings().ports,
    });
  }

  /** Why a call of this class gets no port beside those in use; null = it may have one. */
  refuse(used: Readonly<Record<PortUse, number>>, wants: PortUse): string | null {
    const allowed = this.allowance();
    const refusal = refusePort(allowed, used, wants);
    if (refusal !== null) this.tell();
    return refusal;
  }

  /** Whether the unit may give this service now. */
  grants(feature: Feature): boolean {
    return this.allowance().features.includes(feature);
  }

  /** Says in the log what is allowed, when that is another sentence than before. */
  tell(): void {
    const { says, leftMs } = this.allowance();
    const sentence = says.replace(/\d+ minutes more/, 'some time more');
    if (sentence === this.#told || this.#parts.settings().entitlement.issuerKey === null) return;
    this.#told = sentence;
    this.#parts.log.write(leftMs === null ? 'notice' : 'alert', 'entitlement', `Entitlement: ${says}.`);
  }

  #found(key: string): ReadEntitlement {
    if (this.#read?.key !== key) this.#read = { key, found: read(this.#file, key) };
    return this.#read.found;
  }
}

function read(file: EntitlementFile, key: string): ReadEntitlement {
  if (file === null) return { ok: false, why: 'no file is configured' };
  return 'text' in file ? readEntitlement(file.text, key) : { ok: false, why: file.unreadable };
}
