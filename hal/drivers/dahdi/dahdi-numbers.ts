/**
 * Numbers of the DAHDI kernel interface, version 2.11 and 3.x, on 64-bit little-endian Linux. A test compiles Debian's `dahdi/user.h`
 * and compares.
 */

/** Requests of ioctl(2); in brackets what the argument is. */
export const requests = {
  /** DAHDI_FLUSH [int, `flush`] */
  flush: 0x4004da03,
  /** DAHDI_GET_PARAMS, DAHDI_SET_PARAMS [136 bytes] */
  getParams: 0xc088da05,
  setParams: 0x4088da05,
  /** DAHDI_HOOK [int, `hook`] */
  hook: 0x4004da07,
  /** DAHDI_GETEVENT [int, `events`] */
  getEvent: 0x8004da08,
  /** DAHDI_SETGAINS [516 bytes] */
  setGains: 0x4204da10,
  /** DAHDI_SET_BUFINFO [24 bytes] */
  setBufferInfo: 0x4018da1b,
  /** DAHDI_DIAL [260 bytes] */
  dial: 0x4104da1f,
  /** DAHDI_ECHOCANCEL [int, taps] */
  echoCancel: 0x4004da21,
  /** DAHDI_DIALING [int, 0 or 1] */
  dialing: 0x8004da23,
  /** DAHDI_SPECIFY [int, channel] */
  specify: 0x4004da26,
  /** DAHDI_SETCADENCE [64 bytes] */
  setCadence: 0x4040da2a,
  /** DAHDI_ONHOOKTRANSFER [int, milliseconds]; some cards only */
  onHookTransfer: 0x4004da33,
  /** DAHDI_TONEDETECT [int, bits]; some cards only */
  toneDetect: 0x4004da5b,
  /** DAHDI_SETPOLARITY [int, 0 or 1]; some cards only */
  setPolarity: 0x4004da5c,
  /** DAHDI_VMWI [int, messages]; some cards only */
  messageWaiting: 0xc004da5e,
  /** DAHDI_VMWI_CONFIG [int, bits]; some cards only */
  messageWaitingConfig: 0x4004da5f,
  /** DAHDI_BUFFER_EVENTS [int, 0 or 1] */
  bufferEvents: 0x4004da69,
} as const;

/** Bytes of the structures that go through ioctl. */
export const sizes = { params: 136, bufferInfo: 24, dialOperation: 260, cadence: 64, gains: 516 } as const;

/** DAHDI_SIG_*. Crossed by tradition: a port is configured with the name of what it talks to, so `fxsks` stands on our trunk port (FXO). */
export const signalling = { fxsLoopStart: 0x2001, fxsKewlStart: 0x2004, fxoLoopStart: 0x1008, fxoKewlStart: 0x1020 } as const;

/** Arguments of DAHDI_HOOK. */
export const hook = { onHook: 0, offHook: 1, flash: 3, ring: 5, ringOff: 6 } as const;

/** DAHDI_EVENT_*: those that an analog port gives. */
export const events = {
  none: 0,
  onHook: 1,
  ringOffHook: 2,
  winkFlash: 3,
  alarm: 4,
  noAlarm: 5,
  dialComplete: 9,
  ringerOn: 10,
  ringerOff: 11,
  hookComplete: 12,
  pulseStart: 14,
  polarity: 17,
  ringBegin: 18,
  echoCancelDisabled: 19,
  removed: 20,
  sentFaxAnswer: 23,
  heardFaxAnswer: 24,
  sentFaxCalling: 25,
  heardFaxCalling: 26,
  readOverrun: 29,
  writeUnderrun: 30,
  /** Or-ed with the character. */
  pulseDigit: 1 << 16,
  dtmfDown: 1 << 17,
  dtmfUp: 1 << 18,
} as const;

/** DAHDI_LAW_* */
export const laws = { mu: 1, a: 2 } as const;

/** DAHDI_FLUSH_WRITE */
export const flushWrite = 2;
/** DAHDI_DIAL_OP_REPLACE */
export const dialReplace = 2;
/** DAHDI_VMWI_HVAC: a neon lamp, lit by high voltage. */
export const neonLamp = 4;
/** DAHDI_TONEDETECT_ON */
export const toneDetectOn = 1;
/** DAHDI_RXSIG_ONHOOK of `rxhooksig`: on a trunk port, the loop is open. */
export const loopOpen = 0;

/** errno values of these calls. ELAST is DAHDI's own: an event waits, and nothing else is done before it is taken. */
export const errnos = { EIO: 5, ENXIO: 6, EBADF: 9, EAGAIN: 11, EBUSY: 16, ENODEV: 19, EINVAL: 22, ENOTTY: 25, ENOSYS: 38, ENODATA: 61, EINPROGRESS: 115, ELAST: 500 } as const;
