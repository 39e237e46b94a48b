import { HalError } from '../../hal/errors.ts';

/** So many are named. */
const mostNamed = 8;

/**
 * Does `work` for each mailbox, one after another. One that cannot be opened, or that the disk refuses, keeps no other from having its turn.
 * Errors: after all have had it, the first HalError, which names those that failed; anything else at once.
 */
export async function eachMailbox(numbers: Iterable<string>, work: (number: string) => Promise<void>): Promise<void> {
  const failed: string[] = [];
  let first: HalError | null = null;
  for (const number of numbers) {
    try {
      await work(number);
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      first ??= error;
      failed.push(number);
    }
  }
  if (first !== null) throw new HalError(first.id, first.place, `${detailOf(first)} (mailbox ${failed.slice(0, mostNamed).join(', ')}${failed.length > mostNamed ? ` and ${failed.length - mostNamed} more` : ''})`, first);
}

const detailOf = ({ message, place }: HalError): string => (message.startsWith(`${place}: `) ? message.slice(place.length + 2) : message);
