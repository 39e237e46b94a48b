/** Enough of an id to tell the messages of a mailbox, or the mails that wait, apart: its last digits are random, its first ones are the time. */
export const shortIdLength = 8;

export function shortId(id: string): string {
  return id.slice(-shortIdLength);
}

/** What has `text` as its id, or whose id ends in it; 'none' or 'several' otherwise. At least four digits are wanted, so that a slip finds none. */
export function findById<Kind extends { readonly id: string }>(all: readonly Kind[], text: string): Kind | 'none' | 'several' {
  const wanted = text.toLowerCase();
  const exact = all.find(({ id }) => id === wanted);
  if (exact !== undefined) return exact;
  if (wanted.length < 4) return 'none';
  const [first, second] = all.filter(({ id }) => id.endsWith(wanted));
  if (first === undefined) return 'none';
  return second === undefined ? first : 'several';
}
