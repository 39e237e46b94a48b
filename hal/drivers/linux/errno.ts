import { getSystemErrorName } from 'node:util';
import { HalError, type HalErrorId } from '../../errors.ts';

/** The one place where the kernel's and Node's codes get their meaning; what is not here is `io`. */
const ids: Readonly<Record<string, HalErrorId>> = {
  EADDRINUSE: 'address-in-use',
  EADDRNOTAVAIL: 'address-unavailable',
  EAFNOSUPPORT: 'address-unavailable', // IPv6 is switched off in this kernel
  EACCES: 'permission-denied',
  EPERM: 'permission-denied',
  ENOENT: 'not-found',
  ENOTDIR: 'not-found',
  ENODEV: 'not-found',
  ENXIO: 'not-found',
  ENOTFOUND: 'not-found',
  EAI_NONAME: 'not-found',
  EAI_NODATA: 'not-found',
  EAI_AGAIN: 'timed-out',
  EEXIST: 'already-exists',
  ENOTEMPTY: 'already-exists',
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  ENOBUFS: 'no-space',
  ENOMEM: 'no-space',
  EROFS: 'read-only',
  EMFILE: 'too-many-open',
  ENFILE: 'too-many-open',
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-lost',
  ECONNABORTED: 'connection-lost',
  EPIPE: 'connection-lost',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  ETIMEDOUT: 'timed-out',
  EMSGSIZE: 'too-large',
  EFBIG: 'too-large',
  EBADF: 'closed',
  ERR_SOCKET_DGRAM_NOT_RUNNING: 'closed',
  ERR_SERVER_NOT_RUNNING: 'closed',
  EINVAL: 'unsupported',
  ENOSYS: 'unsupported',
  ENOTTY: 'unsupported',
  EOPNOTSUPP: 'unsupported',
  EPROTONOSUPPORT: 'unsupported',
  ENOPROTOOPT: 'unsupported',
  EBUSY: 'busy',
  EAGAIN: 'busy',
  ETXTBSY: 'busy',
};

/** Whether `cause`, as Node threw it, is a `not-found`: cheaper than to make an error of it, for who asks thousands of times. */
export function isNotFound(cause: unknown): boolean {
  const code = codeOf(cause);
  return code !== null && ids[code] === 'not-found';
}

/** `cause` is whatever Node threw or handed to a callback; a HalError passes unchanged. */
export function halError(place: string, cause: unknown): HalError {
  if (cause instanceof HalError) return cause;
  const code = codeOf(cause);
  const text = cause instanceof Error ? cause.message : String(cause);
  return new HalError((code === null ? undefined : ids[code]) ?? 'io', place, text, cause);
}

/** For system calls made directly: `errno` is the positive number, `call` its name. */
export function fromErrno(place: string, call: string, errno: number): HalError {
  const code = errno > 0 ? getSystemErrorName(-errno) : 'no error number';
  return new HalError(ids[code] ?? 'io', place, `${call}: ${code}`);
}

function codeOf(cause: unknown): string | null {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return null;
  return typeof cause.code === 'string' ? cause.code : null;
}
