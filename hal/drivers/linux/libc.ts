import { HalError } from '../../errors.ts';
import { loadKoffi, type Koffi } from './native.ts';

/** The C library's calls that Node does not offer. Each returns what the C function returns; -1 = see `errno()`. */
export interface Libc {
  errno(): number;
  socket(domain: number, type: number, protocol: number): number;
  close(fd: number): number;
  sendto(fd: number, bytes: Uint8Array, length: number, flags: number, address: Uint8Array, addressLength: number): number;
  bind(fd: number, address: Uint8Array, addressLength: number): number;
  getsockname(fd: number, address: Uint8Array, addressLength: Uint32Array): number;
  setsockopt(fd: number, level: number, option: number, value: Int32Array, valueLength: number): number;
  recvfrom(fd: number, bytes: Uint8Array, length: number, flags: number, address: Uint8Array, addressLength: Uint32Array): number;
  epoll_create1(flags: number): number;
  epoll_ctl(set: number, operation: number, fd: number, event: Uint8Array): number;
  epoll_wait(set: number, events: Uint8Array, limit: number, timeoutMs: number): number;
  /** 1 = `address` holds the address in network order. */
  inet_pton(family: number, text: string, address: Uint8Array): number;
  inet_ntop(family: number, address: Uint8Array, text: Uint8Array, textLength: number): unknown;
  /** `argument` is read and written in place. */
  ioctl(fd: number, request: number, argument: Uint32Array): number;
  /** `parameters`: struct sched_param. */
  sched_setscheduler(thread: number, policy: number, parameters: Int32Array): number;
  setpriority(which: number, who: number, nice: number): number;
}

const prototypes = [
  'int socket(int domain, int type, int protocol)',
  'int close(int fd)',
  'intptr_t sendto(int fd, const void *bytes, size_t length, int flags, const void *address, uint32_t address_length)',
  'int bind(int fd, const void *address, uint32_t address_length)',
  'int getsockname(int fd, void *address, void *address_length)',
  'int setsockopt(int fd, int level, int option, const void *value, uint32_t value_length)',
  'intptr_t recvfrom(int fd, void *bytes, size_t length, int flags, void *address, void *address_length)',
  'int epoll_create1(int flags)',
  'int epoll_ctl(int set, int operation, int fd, void *event)',
  'int epoll_wait(int set, void *events, int limit, int timeout)',
  'int inet_pton(int family, const char *text, void *address)',
  'void *inet_ntop(int family, const void *address, void *text, uint32_t text_length)',
  'int ioctl(int fd, unsigned long request, void *argument)',
  'int sched_setscheduler(int thread, int policy, const void *parameters)',
  'int setpriority(int which, uint32_t who, int nice)',
];

let loading: Promise<Libc> | null = null;

/** Errors: unsupported. */
export function loadLibc(): Promise<Libc> {
  loading ??= loadKoffi().then(declare);
  return loading;
}

function declare(koffi: Koffi): Libc {
  try {
    const process = koffi.load(null); // whatever C library this Node runs on
    const calls = prototypes.map((prototype) => [/(\w+)\(/.exec(prototype)?.[1] ?? '', process.func(prototype)]);
    return { ...Object.fromEntries(calls), errno: () => koffi.errno() } as Libc;
  } catch (cause) {
    throw new HalError('unsupported', 'C library', cause instanceof Error ? cause.message : String(cause), cause);
  }
}
