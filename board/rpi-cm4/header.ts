import type { BoardPin } from '../../firmware/signals/pin-uses.ts';
import type { HeaderPin } from '../header-pin.ts';

/** Label of the processor's pins, as `gpiodetect` shows it; it stays the same from kernel to kernel. */
const chip = 'pinctrl-bcm2711';

/** A contact or button between the pin and ground. */
const toGround = { activeLow: true, bias: 'up' } as const;
/** A transistor's or driver's input. The processor pulls these down until a program drives them, so that nothing is lit or held at power-up. */
const driven = { activeLow: false, bias: 'none' } as const;

/** GPIO numbers as the processor's data sheet counts them (BCM), each on the 40-pin header below. */
export const wiredPins: readonly BoardPin[] = [
  { use: 'status-led', chip, line: 17, ...driven },
  { use: 'link-led', chip, line: 27, ...driven },
  { use: 'message-led', chip, line: 22, ...driven },
  { use: 'reset-button', chip, line: 23, ...toGround },
  { use: 'failover-button', chip, line: 24, ...toGround },
  { use: 'alarm-in-1', chip, line: 5, ...toGround },
  { use: 'alarm-in-2', chip, line: 6, ...toGround },
  { use: 'alarm-in-3', chip, line: 13, ...toGround },
  { use: 'alarm-in-4', chip, line: 19, ...toGround },
  { use: 'loop-current', chip, line: 26, ...toGround },
  { use: 'watchdog', chip, line: 12, ...driven },
  { use: 'transfer-relay', chip, line: 16, ...driven },
  { use: 'alarm-out', chip, line: 20, ...driven },
  { use: 'door-relay', chip, line: 21, ...driven },
];

const power = (supply: string): HeaderPin => ({ supply });
const gpio = (number: number, taken?: string): HeaderPin => (taken === undefined ? { gpio: number } : { gpio: number, taken });

/** The 40-pin header of all Raspberry Pis, pin 1 first: what each pin is. */
export const header: readonly HeaderPin[] = [
  power('3.3 V'), power('5 V'),
  gpio(2, 'bus of add-on boards, SDA'), power('5 V'),
  gpio(3, 'bus of add-on boards, SCL'), power('ground'),
  gpio(4), gpio(14, 'serial console, TXD'),
  power('ground'), gpio(15, 'serial console, RXD'),
  gpio(17), gpio(18),
  gpio(27), power('ground'),
  gpio(22), gpio(23),
  power('3.3 V'), gpio(24),
  gpio(10), power('ground'),
  gpio(9), gpio(25),
  gpio(11), gpio(8),
  power('ground'), gpio(7),
  gpio(0, 'identification of add-on boards'), gpio(1, 'identification of add-on boards'),
  gpio(5), power('ground'),
  gpio(6), gpio(12),
  gpio(13), power('ground'),
  gpio(19), gpio(16),
  gpio(26), gpio(20),
  power('ground'), gpio(21),
];
