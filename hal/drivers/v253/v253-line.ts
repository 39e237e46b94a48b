import type { Clock, Timer } from '../../clock.ts';
import { HalError } from '../../errors.ts';
import type { Line, LineCapabilities, LineControl, LineEvent, LineHappening, LineSetup } from '../../line.ts';
import type { ResultCode } from './at-dialogue.ts';
import { blockWith, callerIdOf, emptyBlock, isWhole } from './caller-id-block.ts';
import { leaving } from './dle-codec.ts';
import { leadFrames, ModemAudio } from './modem-audio.ts';
import type { ModemLink } from './modem-link.ts';
import { ModemSession } from './modem-session.ts';
import { hangUp, leaveModem, type ModemFacts, readyModem, wakeModem } from './modem-setup.ts';
import type { SampleFormat } from './sample-format.ts';
import { v253Step } from './v253-machine.ts';
import type { ModemWays, V253Effect, V253Input, V253State } from './v253-state.ts';

export interface V253LineParts {
  readonly clock: Clock;
  readonly link: ModemLink;
  readonly facts: ModemFacts;
  readonly format: SampleFormat;
  readonly place: string;
  readonly answerReversal: boolean;
  /** The modem has promised AT+VTR and refused it. */
  refusesDuplex(): void;
}

/** Acts that wait for their turn; more are dropped. */
const mostActs = 64;
const checkEveryMs = 60_000;
/** Lines of a caller-ID block follow one another; after so long the block is over. */
const blockMs = 500;
/** USB and the modem's own buffer, by experience with such modems; beside what waits with us. */
const modemMs = 60;
const results: readonly string[] = ['OK', 'CONNECT', 'VCON', 'ERROR', 'BUSY', 'NO CARRIER', 'NO DIALTONE', 'NO ANSWER'];

/** A line on a voice modem: the effects of the machine in `v253-machine.ts`. */
export class V253Line implements Line {
  happened: ((event: LineEvent) => void) | null = null;
  lost: ((error: HalError) => void) | null = null;
  readonly capabilities: LineCapabilities;
  readonly audio: ModemAudio;
  readonly control: LineControl;
  readonly setup: LineSetup;
  readonly #parts: V253LineParts;
  readonly #ways: ModemWays;
  readonly #timers = new Map<string, Timer>();
  #state: V253State = { name: 'idle' };
  #block = emptyBlock;
  #acts = 0;
  #closed = false;

  constructor(parts: V253LineParts) {
    const { facts: { profile, duplex }, format, link } = parts;
    this.#parts = parts;
    this.#ways = { profile, duplex, answerReversal: parts.answerReversal };
    this.capabilities = capabilitiesOf(parts);
    this.audio = new ModemAudio({
      clock: parts.clock,
      format,
      duplex,
      write: (bytes) => link.write(bytes),
      framesWaiting: () => this.#act({ type: 'frames-waiting' }),
      framesRanOut: () => this.#input({ type: 'frames-ran-out' }),
      underrun: (samples) => this.#tell({ type: 'underrun', samples }),
      stalled: () => this.#input({ type: 'stalled' }),
    });
    this.control = this.#control();
    this.setup = { echo: () => refuse(parts.place, 'echo cancelling'), gain: () => refuse(parts.place, 'gain') };
    link.listener = {
      sample: (byte) => this.audio.feed(byte),
      code: (code) => this.#code(code),
      end: () => this.#input({ type: 'end' }),
      unsolicited: (line) => this.#line(line),
      closed: (error) => this.#input({ type: 'unplugged', text: error.message }),
    };
    this.#checkLater();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const gone = this.#state.name === 'lost';
    this.#end();
    if (gone) return this.#parts.link.close();
    this.#parts.link.listener = null;
    await leaveModem(new ModemSession(this.#parts.link), this.#parts.facts);
    await this.#parts.link.close();
  }

  #control(): LineControl {
    const nothing = (): void => undefined;
    return {
      seize: () => this.#act({ type: 'seize' }),
      release: () => this.#act({ type: 'release' }),
      dial: (digits, how) => this.#act({ type: 'dial', digits, how }),
      flash: () => this.#act({ type: 'flash' }),
      ring: nothing,
      stopRinging: nothing,
      lamp: nothing,
      polarity: nothing,
    };
  }

  /** Later, so that nothing is called back from inside the call that asked. */
  #act(input: V253Input): void {
    if (this.#closed || this.#acts >= mostActs) return;
    this.#acts++;
    this.#parts.clock.after('v253 act', 0, () => {
      this.#acts--;
      this.#input(input);
    });
  }

  #input(input: V253Input): void {
    if (this.#closed) return;
    const { state, effects } = v253Step(this.#state, input, this.#ways);
    this.#state = state;
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: V253Effect): void {
    const { link } = this.#parts;
    switch (effect.type) {
      case 'ask':
        return link.ask(effect.command, effect.limitMs, (reply) => this.#input({ type: 'reply', reply }));
      case 'leave':
        return link.ask(leaving[effect.how], effect.limitMs, (reply) => this.#input({ type: 'reply', reply }));
      case 'break-off':
        return void link.write(Uint8Array.of(0x0d));
      case 'audio':
        link.samples = effect.mode === 'receive' || effect.mode === 'duplex';
        this.audio.mode = effect.mode;
        return;
      case 'tell':
        return this.#tell(effect.happening);
      case 'timer':
        return this.#after(effect.timer, effect.ms, () => this.#input({ type: effect.timer }));
      case 'prepare':
        return void this.#prepare(() => this.#recover(effect.reopen));
      case 'hang-up':
        return void this.#prepare(() => hangUp(new ModemSession(link), this.#parts.facts, this.#parts.place));
      case 'lose':
        return this.#loseLater(effect.id, effect.text);
    }
  }

  async #prepare(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#input({ type: 'prepared' });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#input(error instanceof HalError && error.id === 'not-found' ? { type: 'unplugged', text } : { type: 'not-prepared', text });
    }
  }

  async #recover(reopen: boolean): Promise<void> {
    const { link, facts, place } = this.#parts;
    const modem = new ModemSession(link);
    if (reopen) await modem.reopen();
    await wakeModem(modem, place);
    await readyModem(modem, facts, place);
  }

  #code(code: string): void {
    if (code === 'u') this.audio.ranDry();
    this.#input({ type: 'code', code });
  }

  #line(line: string): void {
    const block = blockWith(this.#block, line);
    if (block !== null) return this.#callerId(block);
    if (/^RING\b/i.test(line)) {
      this.#blockOver();
      this.#input({ type: 'ring' });
    } else if (results.includes(line)) this.#input({ type: 'unsolicited', result: line as ResultCode });
  }

  #callerId(block: typeof emptyBlock): void {
    this.#block = block;
    if (isWhole(block)) this.#blockOver();
    else this.#after('caller ID', blockMs, () => this.#blockOver());
  }

  #blockOver(): void {
    const callerId = callerIdOf(this.#block);
    this.#block = emptyBlock;
    this.#timers.get('caller ID')?.cancel();
    if (callerId !== null) this.#input({ type: 'caller-id', callerId });
  }

  #tell(happening: LineHappening): void {
    this.happened?.({ ...happening, sample: this.audio.sample });
  }

  #after(name: string, ms: number, fire: () => void): void {
    this.#timers.get(name)?.cancel();
    this.#timers.set(name, this.#parts.clock.after(`v253 ${name}`, ms, fire));
  }

  #checkLater(): void {
    this.#after('check', checkEveryMs, () => {
      this.#checkLater();
      this.#input({ type: 'check' });
    });
  }

  #loseLater(id: 'connection-lost' | 'unsupported', text: string): void {
    if (id === 'unsupported') this.#parts.refusesDuplex();
    this.#after('lost', 0, () => this.#lose(new HalError(id, this.#parts.place, text)));
  }

  #lose(error: HalError): void {
    this.#end();
    void this.#parts.link.close();
    this.lost?.(error);
  }

  #end(): void {
    this.#closed = true;
    this.audio.mode = 'off';
    for (const timer of this.#timers.values()) timer.cancel();
  }
}

function refuse(place: string, what: string): never {
  throw new HalError('unsupported', place, `a voice modem has no ${what}`);
}

function capabilitiesOf({ facts: { profile, duplex }, format }: V253LineParts): LineCapabilities {
  return {
    kind: 'trunk',
    law: format.law,
    duplex,
    callerId: 'device',
    digits: 'device',
    tones: 'device',
    disconnect: ['report'],
    onHookAudio: false,
    flash: profile.flash.length > 0,
    pulse: profile.pulse,
    lamp: 'none',
    cancelsEcho: false,
    latencyMs: (leadFrames + 2) * 20 + modemMs,
  };
}
