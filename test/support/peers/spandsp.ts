// libspandsp, a telephone signal library of other authors, through koffi: it sends what we receive and receives what we send.
import { loadKoffi } from '../../../hal/drivers/linux/native.ts';
import type { Koffi } from '../../../hal/drivers/linux/native.ts';
import type { Need } from '../skip.ts';

/** adsi.h: which way of sending caller ID. */
export const adsi = { class: 1, clip: 2, aclip: 3, jclip: 4, dtmf: 5 } as const;

/** More than a `super_tone_tx_step_t` takes. */
const stepBytes = 1024;

type Call = (...parameters: unknown[]) => unknown;

export class Spandsp {
  readonly #koffi: Koffi;
  readonly #call: (declaration: string) => Call;
  readonly #putMessage: ReturnType<Koffi['proto']>;
  readonly #reportTone: ReturnType<Koffi['proto']>;

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
    this.#putMessage = koffi.proto('void spandsp_put_msg(void *user, const uint8_t *msg, int len)');
    this.#reportTone = koffi.proto('void spandsp_tone(void *user, int code, int level, int delay)');
    const library = koffi.load('libspandsp.so.2');
    const known = new Map<string, Call>();
    this.#call = (declaration) => {
      const found = known.get(declaration) ?? (library.func(declaration) as Call);
      known.set(declaration, found);
      return found;
    };
  }

  /** Audio of a message of type and fields, as `adsi_tx` sends it; 20 ms frames of silence follow. */
  sendCallerId(standard: number, type: number, fields: readonly (readonly [number, string])[]): Float64Array {
    const state = this.#call('void *adsi_tx_init(void *s, int standard)')(null, standard);
    const add = this.#call('int adsi_add_field(void *s, void *msg, int len, uint8_t type, const char *body, int len2)');
    const message = Buffer.alloc(256);
    let length = add(state, message, -1, type, null, 0) as number;
    for (const [field, text] of fields) length = add(state, message, length, field, text, text.length) as number;
    if (this.#call('int adsi_tx_put_message(void *s, void *msg, int len)')(state, message, length) !== length) throw new Error('adsi_tx took no message');
    const audio = this.#pull('int adsi_tx(void *s, void *amp, int max_len)', state, 20_000);
    this.#call('int adsi_tx_free(void *s)')(state);
    return audio;
  }

  /** Messages (type, length, content) that `adsi_rx` finds. */
  receiveCallerId(standard: number, audio: ArrayLike<number>): Buffer[] {
    const messages: Buffer[] = [];
    const put = this.#koffi.register((_user: unknown, message: unknown, length: number) => void messages.push(Buffer.from(this.#koffi.decode(message, 'uint8_t', length) as number[])), this.#koffi.pointer(this.#putMessage));
    const state = this.#call('void *adsi_rx_init(void *s, int standard, spandsp_put_msg *put, void *user)')(null, standard, put, null);
    this.#push('int adsi_rx(void *s, void *amp, int len)', state, audio);
    this.#call('int adsi_rx_free(void *s)')(state);
    this.#koffi.unregister(put);
    return messages;
  }

  /** Digits as `dtmf_tx` sends them: level of the low tone in dBm0, twist in dB, on and off in ms. */
  sendDigits(digits: string, level: number, twist: number, onMs: number, offMs: number): Float64Array {
    const state = this.#call('void *dtmf_tx_init(void *s)')(null);
    this.#call('void dtmf_tx_set_level(void *s, int level, int twist)')(state, level, twist);
    this.#call('void dtmf_tx_set_timing(void *s, int on, int off)')(state, onMs, offMs);
    this.#call('int dtmf_tx_put(void *s, const char *digits, int len)')(state, digits, digits.length);
    const audio = this.#pull('int dtmf_tx(void *s, void *amp, int max)', state, digits.length * (onMs + offMs) * 8 + 800);
    this.#call('int dtmf_tx_free(void *s)')(state);
    return audio;
  }

  receiveDigits(audio: ArrayLike<number>): string {
    const state = this.#call('void *dtmf_rx_init(void *s, void *callback, void *user)')(null, null, null);
    this.#push('int dtmf_rx(void *s, void *amp, int samples)', state, audio);
    const digits = Buffer.alloc(129);
    const count = this.#call('size_t dtmf_rx_get(void *s, void *digits, int max)')(state, digits, 128) as number;
    this.#call('int dtmf_rx_free(void *s)')(state);
    return digits.toString('latin1', 0, count);
  }

  /** One or two tones (0 = none) of a level each, for a time, as `super_tone_tx` makes them. */
  makeTone(oneHz: number, otherHz: number, levelDbm0: number, ms: number): Float64Array {
    // In memory of ours, which is zero: it fills in the first two tones of four, and plays whatever its own memory held in the others.
    const memory = this.#koffi.alloc('uint8_t', stepBytes);
    const step = this.#call('void *super_tone_tx_make_step(void *s, float f1, float l1, float f2, float l2, int length, int cycles)')(memory, oneHz, levelDbm0, otherHz, levelDbm0, ms, 1);
    const state = this.#call('void *super_tone_tx_init(void *s, void *tree)')(null, step);
    const audio = this.#pull('int super_tone_tx(void *s, void *amp, int max)', state, ms * 8).subarray(0, ms * 8);
    this.#call('int super_tone_tx_free(void *s)')(state);
    this.#koffi.free(memory);
    return audio;
  }

  /** Number of times that `super_tone_rx` tells of a cadence: elements of two frequencies (0 = silence) and of times within bounds, ms. */
  receiveTone(elements: readonly (readonly [number, number, number, number])[], audio: ArrayLike<number>): number {
    let told = 0;
    const report = this.#koffi.register((_user: unknown, code: number) => void (told += code >= 0 ? 1 : 0), this.#koffi.pointer(this.#reportTone));
    const descriptor = this.#call('void *super_tone_rx_make_descriptor(void *d)')(null);
    const tone = this.#call('int super_tone_rx_add_tone(void *d)')(descriptor);
    const add = this.#call('int super_tone_rx_add_element(void *d, int tone, int f1, int f2, int min, int max)');
    for (const element of elements) add(descriptor, tone, ...element);
    const state = this.#call('void *super_tone_rx_init(void *s, void *d, spandsp_tone *report, void *user)')(null, descriptor, report, null);
    this.#push('int super_tone_rx(void *s, void *amp, int samples)', state, audio);
    this.#koffi.unregister(report);
    return told;
  }

  #pull(declaration: string, state: unknown, most: number): Float64Array {
    const out = new Int16Array(most);
    const count = this.#call(declaration)(state, out, most) as number;
    return Float64Array.from(out.subarray(0, count));
  }

  #push(declaration: string, state: unknown, audio: ArrayLike<number>): void {
    const whole = Int16Array.from(audio, (value) => Math.max(-32_768, Math.min(32_767, Math.round(value))));
    for (let at = 0; at < whole.length; at += 160) {
      const frame = whole.slice(at, at + 160);
      this.#call(declaration)(state, frame, frame.length);
    }
  }
}

/** The library, or a need that says why it is not there. Each file calls it once. */
export async function loadSpandsp(): Promise<{ readonly need: Need; readonly spandsp: () => Spandsp }> {
  const loaded = await loadKoffi()
    .then((koffi): unknown => new Spandsp(koffi))
    .catch((error: unknown) => error);
  return {
    need: { missing: () => (loaded instanceof Spandsp ? undefined : `libspandsp.so.2 cannot be loaded (Debian package libspandsp2): ${String(loaded)}`) },
    spandsp: () => {
      if (!(loaded instanceof Spandsp)) throw new Error('libspandsp is not there');
      return loaded;
    },
  };
}
