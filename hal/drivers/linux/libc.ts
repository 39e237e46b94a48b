import { HalError } from '../../errors.ts';
import { loadKoffi, type Koffi } from './native.ts';

/** The C library's calls that Node does not offer. Each returns what the C function returns; -1 = see `errno()`. */
export interface Libc {
  errno(): number;
  socket(domain: number, type: number, protocol: number): number;
  close(fd: number): number;
  /** Memory by its address (`koffi.address`) too, while somebody holds it. */
  sendto(fd: number, bytes: Uint8Array | bigint, length: number, flags: number, address: Uint8Array | bigint, addressLength: number): number;
  bind(fd: number, address: Uint8Array, addressLength: number): number;
  getsockname(fd: number, address: Uint8Array, addressLength: Uint32Array): number;
  setsockopt(fd: number, level: number, option: number, value: Int32Array, valueLength: number): number;
  recvfrom(fd: number, bytes: Uint8Array | bigint, length: number, flags: number, address: Uint8Array | bigint, addressLength: Uint32Array | bigint): number;
  epoll_create1(flags: number): number;
  epoll_ctl(set: number, operation: number, fd: number, event: Uint8Array): number;
  epoll_wait(set: number, events: Int32Array, limit: number, timeoutMs: number): number;
  /** 1 = `address` holds the address in network order. */
  inet_pton(family: number, text: string, address: Uint8Array): number;
  inet_ntop(family: number, address: Uint8Array, text: Uint8Array, textLength: number): unknown;
  /** `argument` is read and written in place. */
  ioctl(fd: number, request: number, argument: Uint32Array | Uint8Array): number;
  /** The policy, with SCHED_RESET_ON_FORK if the thread has that. */
  sched_getscheduler(thread: number): number;
  /** `parameters`: struct sched_param. */
  sched_setscheduler(thread: number, policy: number, parameters: Int32Array): number;
  setpriority(which: number, who: number, nice: number): number;
  /** `time`: struct timeval. `zone`, `before`: null. */
  settimeofday(time: BigInt64Array, zone: null): number;
  adjtime(by: BigInt64Array, before: null): number;
  sync(): void;
  reboot(command: number): number;
  read(fd: number, bytes: Uint8Array, length: number): number;
  write(fd: number, bytes: Uint8Array, length: number): number;
  /** F_SETFL, O_NONBLOCK: for descriptors that have no other flags. */
  nonBlocking(fd: number): number;
  /** `termios`: struct termios, 60 bytes. */
  tcgetattr(fd: number, termios: Uint8Array): number;
  tcsetattr(fd: number, when: number, termios: Uint8Array): number;
  /** Does not return. */
  _exit(code: number): void;
}

const F_SETFL = 4;
const O_NONBLOCK = 0o4000;

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
  'int sched_getscheduler(int thread)',
  'int sched_setscheduler(int thread, int policy, const void *parameters)',
  'int setpriority(int which, uint32_t who, int nice)',
  'int settimeofday(const void *time, const void *zone)',
  'int adjtime(const void *by, void *before)',
  'void sync(void)',
  'int reboot(int command)',
  'void _exit(int code)',
  'intptr_t read(int fd, void *bytes, size_t length)',
  'int tcgetattr(int fd, void *termios)',
  'int tcsetattr(int fd, int when, const void *termios)',
  'intptr_t write(int fd, const void *bytes, size_t length)',
  'int fcntl(int fd, int command, long argument)',
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
    const all = Object.fromEntries(calls) as Record<string, (...values: unknown[]) => unknown>;
    return { ...all, errno: () => koffi.errno(), nonBlocking: (fd: number) => all['fcntl']?.(fd, F_SETFL, O_NONBLOCK) } as Libc;
  } catch (cause) {
    throw new HalError('unsupported', 'C library', cause instanceof Error ? cause.message : String(cause), cause);
  }
}
