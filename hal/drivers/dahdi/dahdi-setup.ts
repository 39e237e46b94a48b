import { HalError } from '../../errors.ts';
import type { LineLaw, LineSetup } from '../../line.ts';
import { fromErrno } from '../linux/errno.ts';
import type { DahdiChannel } from './dahdi-device.ts';
import { gains, intArgument } from './dahdi-message.ts';
import { requests } from './dahdi-numbers.ts';
import { gainTable } from './gain-table.ts';

const mostGainDb = 12;
/** 8 taps per millisecond, a power of two from 32 to 1024 (`dahdi/user.h`). */
const [fewestTaps, mostTaps] = [32, 1024];

/** Echo canceller and gains of the kernel. */
export class DahdiSetup implements LineSetup {
  readonly #place: string;
  readonly #channel: DahdiChannel;
  readonly #law: LineLaw;
  #taps = 0;
  #disabled = false;
  #open = true;

  constructor(place: string, channel: DahdiChannel, law: LineLaw) {
    this.#place = place;
    this.#channel = channel;
    this.#law = law;
  }

  echo(tailMs: number): void {
    const taps = echoTaps(tailMs);
    this.#set('DAHDI_ECHOCANCEL', requests.echoCancel, intArgument(taps));
    this.#taps = taps;
  }

  gain(heardDb: number, sentDb: number): void {
    if (!(Math.abs(heardDb) <= mostGainDb && Math.abs(sentDb) <= mostGainDb)) throw new HalError('unsupported', this.#place, `gain of -${mostGainDb} to +${mostGainDb} dB only`);
    this.#set('DAHDI_SETGAINS', requests.setGains, gains(gainTable(this.#law, heardDb), gainTable(this.#law, sentDb)));
  }

  /** DAHDI_EVENT_EC_DISABLED: a fax or modem was heard (2100 Hz), and the kernel leaves its canceller off. */
  echoDisabled(): void {
    this.#disabled = true;
  }

  /** For the next call. */
  renewEcho(): void {
    if (this.#open && this.#disabled && this.#taps > 0) this.#channel.ioctl(requests.echoCancel, intArgument(this.#taps));
    this.#disabled = false;
  }

  close(): void {
    this.#open = false;
  }

  #set(call: string, request: number, argument: Uint8Array): void {
    if (!this.#open) return;
    const errno = this.#channel.ioctl(request, argument);
    if (errno !== 0) throw new HalError('unsupported', this.#place, `${fromErrno(call, 'ioctl', errno).message}: this card or its set-up has none`);
  }
}

/** The next power of two that covers `tailMs`, 0 = off; a tail longer than 128 ms is cut. */
export function echoTaps(tailMs: number): number {
  if (!(tailMs > 0)) return 0;
  return Math.min(mostTaps, Math.max(fewestTaps, 2 ** Math.ceil(Math.log2(tailMs * 8))));
}
