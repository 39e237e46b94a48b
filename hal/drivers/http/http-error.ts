import { HalError } from '../../errors.ts';
import { halError } from '../linux/errno.ts';

/** What OpenSSL says of a certificate that is not to be trusted begins so; the rest of its codes are of X.509 (verify(1)). */
const certificateCodes = /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|INVALID_CA|HOSTNAME_MISMATCH)/;

/** What Node says of a connection of HTTP. */
export function asHalError(url: string, error: unknown): HalError {
  if (error instanceof HalError) return error;
  const code = String((error as { code?: unknown }).code ?? '');
  if (certificateCodes.test(code)) return new HalError('wrong-certificate', url, `the other side's certificate does not count: ${(error as Error).message}`, error);
  return code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? new HalError('not-found', url, 'there is no host of that name', error) : halError(url, error);
}
