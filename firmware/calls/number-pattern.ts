/**
 * Whether a number matches a pattern of `outgoing.allow` or `transfers.allow`, from its first sign to its last: X is any digit, [1-8] or [5] one of
 * these, all else itself. A dot at the end stands for `leastRest` signs or more, whatever they are. What a pattern may hold is the schema's to say.
 */
export function matchesNumber(pattern: string, number: string, leastRest: 0 | 1): boolean {
  const open = pattern.endsWith('.');
  const parts = (open ? pattern.slice(0, -1) : pattern).match(/\[[0-9](?:-[0-9])?\]|./g) ?? [];
  if (open ? number.length < parts.length + leastRest : number.length !== parts.length) return false;
  return parts.every((part, at) => fits(part, number[at] as string));
}

function fits(part: string, sign: string): boolean {
  if (part === 'X') return /[0-9]/.test(sign);
  if (part.length === 1) return part === sign;
  const [low = '', high = low] = part.slice(1, -1).split('-');
  return /[0-9]/.test(sign) && sign >= low && sign <= high;
}
