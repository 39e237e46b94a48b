/**
 * Waits for all of them, also when one fails: what follows an error must not find another one at work. Then resolves to their results, or rejects with the
 * error of the first in the list that failed.
 */
export async function together<const Works extends readonly Promise<unknown>[]>(works: Works): Promise<{ -readonly [Place in keyof Works]: Awaited<Works[Place]> }> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
