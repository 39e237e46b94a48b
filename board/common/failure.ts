import { exitCodes } from '../../firmware/cli/exit-codes.ts';
import type { ExitCode } from '../../firmware/cli/exit-codes.ts';
import { HalError } from '../../hal/errors.ts';
import type { HalErrorId } from '../../hal/errors.ts';

const codes: Partial<Record<HalErrorId, ExitCode>> = {
  'address-in-use': exitCodes.unavailable.code,
  'address-unavailable': exitCodes.unavailable.code,
  'permission-denied': exitCodes.noInput.code,
  'not-found': exitCodes.noInput.code,
  'already-exists': exitCodes.cannotCreate.code,
  'no-space': exitCodes.cannotCreate.code,
  'read-only': exitCodes.cannotCreate.code,
  io: exitCodes.io.code,
  busy: exitCodes.busy.code,
  unsupported: exitCodes.unavailable.code,
};

/** What the program exits with, and the sentence for people; null text = a defect, whose stack is wanted. */
export function failureOf(error: unknown): { readonly code: ExitCode; readonly text: string } {
  if (!(error instanceof HalError)) return { code: exitCodes.failure.code, text: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  const remedy = error.id === 'address-in-use' ? ' Another program has it; end that one or change sip.port in the configuration.' : '';
  return { code: codes[error.id] ?? exitCodes.failure.code, text: `${error.message}.${remedy}` };
}
