const form = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:-([0-9A-Za-z.-]{1,40}))?$/;

export const isVersion = (text: string): boolean => form.test(text);

/** By the rule of Semantic Versioning 2.0.0, section 11: negative = `one` is older. Errors: RangeError, where one is no version. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [parts(one), parts(other)];
  for (let at = 0; at < 3; at++) if (left.numbers[at] !== right.numbers[at]) return (left.numbers[at] as number) - (right.numbers[at] as number);
  if (left.before === null || right.before === null) return (left.before === null ? 1 : 0) - (right.before === null ? 1 : 0);
  return comparePreReleases(left.before.split('.'), right.before.split('.'));
}

function comparePreReleases(one: readonly string[], other: readonly string[]): number {
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    const [left, right] = [one[at] as string, other[at] as string];
    const [leftIsNumber, rightIsNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (leftIsNumber !== rightIsNumber) return leftIsNumber ? -1 : 1;
    const order = leftIsNumber ? Number(left) - Number(right) : left < right ? -1 : left > right ? 1 : 0;
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

function parts(text: string): { readonly numbers: readonly number[]; readonly before: string | null } {
  const found = form.exec(text);
  if (found === null) throw new RangeError(`${text} is no version`);
  return { numbers: found.slice(1, 4).map(Number), before: found[4] ?? null };
}
