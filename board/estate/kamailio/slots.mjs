// Which unit a mailbox lives on: 256 slots, each given to a unit; a mailbox is in the slot that the first two digits of its MD5
// name. Kamailio, this file and `printf 201 | md5sum` all come to the same.
import { createHash } from 'node:crypto';

export const SLOTS = 256;

/** Two hexadecimal digits. */
export function slotOf(mailbox) {
  return createHash('md5').update(mailbox).digest('hex').slice(0, 2);
}

/** The name of slot number `index`. */
export function slotName(index) {
  return index.toString(16).padStart(2, '0');
}

/**
 * A unit for each slot, as evenly as it goes. `before` is what was given last time (names, or null): as few slots move as can be, since
 * the messages of those that do stay behind. The same input gives the same result.
 */
export function assignSlots(units, before = []) {
  const slots = Array.from({ length: SLOTS }, (_, index) => (units.includes(before[index]) ? before[index] : null));
  const has = new Map(units.map((unit) => [unit, 0]));
  for (const unit of slots) if (unit !== null) has.set(unit, has.get(unit) + 1);
  const give = (index, unit) => {
    if (slots[index] !== null) has.set(slots[index], has.get(slots[index]) - 1);
    slots[index] = unit;
    has.set(unit, has.get(unit) + 1);
  };
  const poorest = () => units.reduce((least, unit) => (has.get(unit) < has.get(least) ? unit : least));
  const richest = () => units.reduce((most, unit) => (has.get(unit) > has.get(most) ? unit : most));
  slots.forEach((unit, index) => { if (unit === null) give(index, poorest()); });
  while (has.get(richest()) - has.get(poorest()) > 1) give(slots.lastIndexOf(richest()), poorest());
  return slots;
}
