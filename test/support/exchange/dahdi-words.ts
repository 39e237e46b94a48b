// DAHDI's interface to programs, as far as an exchange and a telephone need it: from its dahdi/user.h, and checked against that file
// by test/guest/dahdi-kernel.test.ts. The product has numbers of its own; the two know nothing of each other.

/** Requests of ioctl(2), on x86-64 and arm64. */
export const request = {
  SPECIFY: 0x4004da26,
  SET_BUFINFO: 0x4018da1b,
  SETLAW: 0x4004da27,
  AUDIOMODE: 0x4004da20,
  HOOK: 0x4004da07,
  GETEVENT: 0x8004da08,
  FLUSH: 0x4004da03,
  DIAL: 0x4104da1f,
  SENDTONE: 0x4004da15,
  SETTONEZONE: 0x4004da16,
  SETCADENCE: 0x4040da2a,
  SETGAINS: 0x4204da10,
  LOOPBACK: 0x4004da3a,
} as const;

/** What HOOK is asked for. */
export const hook = { onHook: 0, offHook: 1, flash: 3, start: 4, ring: 5, ringOff: 6 } as const;

export const event = {
  none: 0, onHook: 1, ringOffHook: 2, winkFlash: 3, dialComplete: 9, ringerOn: 10, ringerOff: 11, hookComplete: 12,
  ringBegin: 18, pulseDigit: 1 << 16,
} as const;

/** What SENDTONE is asked for: -1 stops; the others play the tone of the zone. */
export const kernelTone = { stop: -1, dial: 0, busy: 1, ringback: 2, congestion: 3, callWaiting: 4, dialRecall: 5, recordTone: 6, information: 7 } as const;

export const errno = { EAGAIN: 11, EBUSY: 16, EINPROGRESS: 115, /** An event waits. */ ELAST: 500 } as const;
