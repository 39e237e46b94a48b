import { HalError } from '../../errors.ts';
import type { FirmwareSlot, SlotStatus } from '../../firmware-slots.ts';

interface Slot {
  readonly id: string;
  readonly state: unknown;
  readonly slot: FirmwareSlot;
}

/** Reads the answer of `rauc status --detailed --output-format=json`. Errors: unsupported (not two slots of which one is booted), io (not such an answer). */
export function slotStatus(json: string, bootId: string): SlotStatus {
  const whole = record(parsed(json));
  const found = list(whole['slots']).flatMap((entry) => Object.entries(record(entry)).flatMap(([id, facts]) => slotOf(id, record(facts))));
  const booted = found.find(({ state }) => state === 'booted');
  const others = found.filter((one) => one !== booted);
  if (booted === undefined || others.length !== 1 || others[0] === undefined) throw new HalError('unsupported', 'rauc status', `there must be two slots, one of them booted; there are ${found.length}`);
  const next = found.find(({ id }) => id === whole['boot_primary']);
  return { board: text(whole['compatible']) ?? '', bootId, booted: booted.slot, other: others[0].slot, next: next?.slot.name ?? null };
}

/** Slots without a name for the boot loader are parts of others. */
function slotOf(id: string, facts: Readonly<Record<string, unknown>>): Slot[] {
  const name = text(facts['bootname']);
  if (name === null) return [];
  const status = record(facts['slot_status'] ?? {});
  const bundle = record(status['bundle'] ?? {});
  return [{ id, state: facts['state'], slot: { name, version: text(bundle['version']), good: facts['boot_status'] === 'good' } }];
}

export function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new HalError('io', 'rauc', 'its answer is no JSON', cause);
  }
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new HalError('io', 'rauc', 'its answer is of another form');
  return value as Readonly<Record<string, unknown>>;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
