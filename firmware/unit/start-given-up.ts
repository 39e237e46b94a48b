/** A start that was ended before its end; the message says why. */
export class StartGivenUp extends Error {
  override readonly name = 'StartGivenUp';
}
