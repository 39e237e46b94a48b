import type { Clock } from '../../../hal/clock.ts';
import type { DatagramBatch } from '../../../hal/datagram.ts';
import type { Random } from '../../../hal/random.ts';
import { MediaChannel } from '../../../firmware/calls/media-channel.ts';
import type { KeyStep } from '../../../firmware/console/key-script.ts';
import type { TestCall, TestCallEnd, TestPhone } from '../../../firmware/console/parts/test-phone.ts';
import { silentLog } from '../../../firmware/log.ts';
import { decodeTable, ulawEncode } from '../../../hal/g711.ts';
import { createMediaEngine } from '../../../firmware/media/media-engine.ts';
import type { CodecName, MediaEvent, MediaSettings, MediaStats } from '../../../firmware/media/media-protocol.ts';
import { wholeEvents } from '../../../firmware/media/whole-events.ts';
import type { Leg, LegEnd, LocalMedia } from '../../../firmware/sip/leg.ts';
import { SipUserAgent } from '../../../firmware/sip/sip-user-agent.ts';
import type { UserAgent, UserAgentParts } from '../../../firmware/sip/user-agent.ts';
import { BeepDetector } from './beep-detector.ts';

export interface TestPhoneParts extends Omit<UserAgentParts, 'log'> {
  readonly clock: Clock;
  readonly random: Random;
  /** A fresh set of sockets for one call. */
  readonly batch: () => DatagramBatch;
  /** Where the unit listens. */
  readonly unit: () => { readonly address: string; readonly port: number };
  /** The phone's own address; absent = the unit's, as over loopback. */
  readonly local?: () => string;
  /** Speech or a file as 8 kHz samples. */
  readonly speech: (speech: NonNullable<TestCall['speech']>) => Promise<Int16Array>;
  /** Takes what was heard, when the call is over; for tests. */
  readonly heard?: (samples: Int16Array) => void;
}

/** The longest test call, in milliseconds: a forgotten one must not hold a port for ever. */
const longestCallMs = 15 * 60 * 1000;
const hearMs = 100;

/** A telephone inside the simulated board: real SIP and RTP through the loopback interface, no ears needed. */
export class SimPhone implements TestPhone {
  readonly #parts: TestPhoneParts;

  constructor(parts: TestPhoneParts) {
    this.#parts = parts;
  }

  async call(call: TestCall, tell: (line: string) => void, signal: AbortSignal): Promise<TestCallEnd> {
    const samples = call.speech === null ? null : await this.#parts.speech(call.speech);
    const one = new OneCall(this.#parts, call, samples, tell);
    return one.run(signal);
  }
}

/** One call from dialling to the end; its sockets and user agent live as long. */
class OneCall {
  readonly #parts: TestPhoneParts;
  readonly #call: TestCall;
  readonly #speech: Uint8Array | null;
  readonly #tell: (line: string) => void;
  readonly #beep = new BeepDetector();
  readonly #heard: Int16Array[] = [];
  readonly #waiting = new Map<string, () => void>();
  #channel: MediaChannel | null = null;
  #media: MediaSettings | null = null;
  #leg: Leg | null = null;
  #answeredMs: number | null = null;
  #stats: MediaStats | null = null;
  #over = false;

  constructor(parts: TestPhoneParts, call: TestCall, speech: Int16Array | null, tell: (line: string) => void) {
    this.#parts = parts;
    this.#call = call;
    this.#speech = speech === null ? null : Uint8Array.from(speech, (sample) => ulawEncode[sample + 32_768] as number);
    this.#tell = tell;
  }

  async run(signal: AbortSignal): Promise<TestCallEnd> {
    const { clock, random, batch } = this.#parts;
    const unit = this.#parts.unit();
    const own = this.#parts.local?.() ?? unit.address;
    let rtpPort = 0;
    const ready = new Promise<void>((resolve) => this.#waiting.set('ready', resolve));
    const engine = createMediaEngine({
      clock, random, batch: batch(), log: silentLog, ports: 1, address: own, firstPort: 20_000 + 2 * random.below(20_000),
      prompts: { get: () => null, ids: () => [] },
      emit: wholeEvents((event) => {
        if (event.type === 'ready') rtpPort = event.rtpPorts[0] ?? 0;
        this.#mediaEvent(event);
      }),
    });
    await engine.start();
    await ready;
    this.#channel = new MediaChannel({ index: 0, session: 1 }, (command) => engine.command(command), this.#handlers());
    const agent = this.#userAgent(own, unit.address);
    try {
      await agent.start();
      return await this.#dial(agent, unit, { address: own, rtpPort, codecs: ['PCMU', 'PCMA'] }, signal);
    } finally {
      await agent.stop(300);
      await engine.close();
    }
  }

  #userAgent(address: string, unit: string): UserAgent {
    return new SipUserAgent({ ...this.#parts, log: silentLog }, {
      sip: { address, port: 0, udp: true, tcp: true, publicAddress: null, sessionExpiresSec: 1800, minSessionExpiresSec: 90, maxTcpConnections: 4, watchMs: 500, watchMisses: 12, returnSec: 10 },
      peers: [{ name: 'unit', addresses: [unit], host: null, port: 5060, transport: 'udp', trusted: false, backupOf: null, lamps: 'none', register: null, queued: null }],
      product: 'Understudy-test-phone',
      incoming: (leg) => {
        this.#parts.clock.after('phone-refuses', 0, () => leg.reject(486, 'A test phone takes no calls'));
        return { established() {}, mediaChanged() {}, digit() {}, ended() {} };
      },
      available: () => false,
      counts: () => null, mailboxes: () => [], watchAll: false,
    });
  }

  async #dial(agent: UserAgent, unit: { address: string; port: number }, media: LocalMedia, signal: AbortSignal): Promise<TestCallEnd> {
    const host = unit.address.includes(':') ? `[${unit.address}]` : unit.address;
    const { target, from, transport } = this.#call;
    const ended = new Promise<LegEnd>((resolve) => {
      this.#leg = agent.place(
        { target: `sip:${target.replaceAll('#', '%23')}@${host}:${unit.port};transport=${transport}`, fromNumber: from, fromName: 'Test phone', media },
        { established: (media) => this.#established(media), mediaChanged: (media) => this.#channel?.update(media), digit() {}, ended: resolve },
      );
    });
    const hangUp = (text: string) => (): void => this.#leg?.hangUp(text);
    const limit = this.#parts.clock.after('phone-limit', longestCallMs, hangUp('the test call took too long'));
    signal.addEventListener('abort', hangUp('interrupted'));
    const end = await ended;
    this.#over = true;
    limit.cancel();
    this.#waiting.forEach((resolve) => resolve());
    const durationMs = this.#answeredMs === null ? 0 : this.#parts.clock.monotonic() - this.#answeredMs;
    if (this.#answeredMs !== null) await this.#stopMedia();
    this.#parts.heard?.(joined(this.#heard));
    return { answered: this.#answeredMs !== null, text: end.text, durationMs, stats: this.#stats };
  }

  #established(media: MediaSettings): void {
    this.#media = media;
    this.#answeredMs = this.#parts.clock.monotonic();
    this.#tell(`answered, ${media.codec}`);
    this.#channel?.start(media);
    this.#channel?.record({ maxMs: longestCallMs, silenceMs: 0, silenceDbm0: -90, stopDigits: '', chunkMs: hearMs });
    void this.#work();
  }

  /** The steps of the call, then the end of it. Without steps the unit has to end it. */
  async #work(): Promise<void> {
    for (const step of this.#call.steps) {
      if (!this.#over) await this.#do(step);
    }
    if (this.#call.steps.length > 0) this.#leg?.hangUp('the test call is done');
  }

  async #do(step: KeyStep): Promise<void> {
    switch (step.kind) {
      case 'wait':
        return this.#pause(step.ms);
      case 'digits':
        this.#tell(`keys ${step.digits}`);
        this.#channel?.sendDigits(step.digits);
        return this.#pause(step.digits.length * 200);
      case 'speak':
        return this.#speak();
    }
  }

  async #speak(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.set('beep', resolve));
    if (this.#over || this.#channel === null || this.#speech === null) return;
    const bytes = this.#speech;
    this.#tell(`heard the beep, speaks for ${(bytes.length / 8000).toFixed(1)} s`);
    const source = { codec: 'PCMU' as const, bytes: bytes.length, read: async (offset: number, length: number) => Uint8Array.prototype.slice.call(bytes, offset, offset + length), close: async () => undefined };
    this.#channel.play([this.#channel.stream('PCMU', bytes.length, async () => source), { kind: 'silence', ms: 300 }], false);
    await new Promise<void>((resolve) => this.#waiting.set('played', resolve));
  }

  #handlers(): ConstructorParameters<typeof MediaChannel>[2] {
    return {
      digit: (digit) => this.#tell(`heard key ${digit}`),
      played: () => this.#waiting.get('played')?.(),
      unplayable: () => this.#waiting.get('played')?.(),
      chunk: (bytes) => this.#hear(bytes, this.#media?.codec ?? 'PCMU'),
      recorded: () => undefined,
      silent: () => undefined,
      stopped: (stats) => {
        this.#stats = stats;
        this.#waiting.get('stopped')?.();
      },
    };
  }

  #mediaEvent(event: MediaEvent): void {
    if (event.type === 'ready') this.#waiting.get('ready')?.();
    else this.#channel?.handle(event);
  }

  #hear(bytes: Uint8Array, codec: CodecName): void {
    const table = decodeTable(codec);
    const samples = Int16Array.from(bytes, (code) => table[code] as number);
    if (this.#parts.heard !== undefined) this.#heard.push(samples);
    if (this.#beep.feed(samples)) this.#waiting.get('beep')?.();
  }

  async #stopMedia(): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.#waiting.set('stopped', resolve));
    this.#channel?.stop();
    const patience = this.#parts.clock.after('phone-stop', 1000, () => this.#waiting.get('stopped')?.());
    await stopped;
    patience.cancel();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set('pause', resolve);
      this.#parts.clock.after('phone-pause', ms, resolve);
    });
  }
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
