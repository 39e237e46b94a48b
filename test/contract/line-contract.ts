import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silenceCode } from '../../hal/g711.ts';
import { type CallerId, type Line, type LineDriver, type LineEvent, type LineRequest, lineFrameSamples, lineQueueSamples } from '../../hal/line.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { type Passing, refusal, result, until } from './passing.ts';

/** Who is at the far end of the wire; what a world's cannot do is left out. */
export interface LineFarEnd {
  /** Trunk: a call comes in, ringing for 2 s out of 6 at the most. */
  ring?(callerId: CallerId | null): void;
  /** Trunk: the caller gives up. */
  stopRinging?(): void;
  /** Trunk: the far party goes, in a way that the line shows. */
  hangUp?(): void;
  /** Trunk: what was dialled since the seizure. */
  dialled?(): string;
  /** Trunk: the unit holds the line. */
  isSeized?(): boolean;
  /** Phone. */
  lift?(): void;
  putDown?(): void;
  flash?(): void;
  isRinging?(): boolean;
  /** Keys, found by whoever the capabilities name. */
  keys?(digits: string): void;
  pulses?(digits: string): void;
  /** Says codes of the line's law, from now on. */
  speak?(codes: Uint8Array): void;
  /** Keeps what it hears from now on. */
  listen?(): void;
  heard?(): Uint8Array;
  /** The device goes for good. */
  unplug?(): void;
}

export interface LineWorld {
  readonly driver: LineDriver;
  readonly request: LineRequest;
  readonly far: LineFarEnd;
  readonly passing: Passing;
  /** Time for an event of the far end to be told, at the most. */
  readonly patienceMs: number;
  /** Audio comes through without a bit changed. */
  readonly exact: boolean;
  /** Everything that the world made is gone. */
  end(): Promise<void>;
}

const caller: CallerId = { number: '5551234', name: 'ALICE', absent: null };

/** A line, opened, with all that it tells. */
export class WatchedLine {
  readonly events: LineEvent[] = [];
  readonly frames: Uint8Array[] = [];
  readonly samples: number[] = [];
  losses = 0;
  /** Frames to send, one for each that is heard. */
  toSend: Uint8Array[] = [];
  readonly line: Line;
  readonly world: LineWorld;

  constructor(line: Line, world: LineWorld) {
    this.line = line;
    this.world = world;
    line.happened = (event) => void this.events.push(event);
    line.lost = () => void this.losses++;
    line.audio.heard = (frame, sample) => {
      this.frames.push(frame.slice());
      this.samples.push(sample);
      const next = this.toSend[0];
      if (next !== undefined && line.audio.write(next)) this.toSend.shift();
    };
  }

  static async open(world: LineWorld): Promise<WatchedLine> {
    return new WatchedLine(await result(world.passing, world.driver.open(world.request)), world);
  }

  has(type: LineEvent['type']): boolean {
    return this.events.some((event) => event.type === type);
  }

  async sees(type: LineEvent['type']): Promise<LineEvent> {
    await until(this.world.passing, `the event ${type} comes`, () => this.has(type), this.world.patienceMs);
    return this.events.find((event) => event.type === type) as LineEvent;
  }

  async offHook(): Promise<void> {
    if (this.line.capabilities.kind === 'trunk') this.line.control.seize();
    else this.world.far.lift?.();
    await this.sees('off-hook');
  }

  async close(): Promise<void> {
    await result(this.world.passing, this.line.close(), this.world.patienceMs);
  }
}

/** What every `LineDriver` does, and its `Line`, on a trunk or a phone port as the world's request says. `can`: what its far end does; a check that needs more is left out. */
export function lineContract(name: string, can: readonly (keyof LineFarEnd)[], make: () => Promise<LineWorld>): void {
  const check: Check = (what, needs, body) => {
    if (!needs.every((one) => can.includes(one))) return;
    test(`line ${name}: ${what}`, async () => {
      const world = await make();
      try {
        const watched = await WatchedLine.open(world);
        await body(watched, world);
        await watched.close();
      } finally {
        await world.end();
      }
    });
  };
  opening(check);
  trunk(check);
  phone(check);
  audio(check);
}

type Check = (what: string, needs: readonly (keyof LineFarEnd)[], body: (line: WatchedLine, world: LineWorld) => Promise<void>) => void;

function opening(check: Check): void {
  check('says what it is', [], async ({ line }, { request }) => {
    const { kind, law, latencyMs } = line.capabilities;
    assert.is(kind, request.kind);
    assert.ok(law === 'PCMU' || law === 'PCMA');
    assert.ok(latencyMs >= 0 && latencyMs < 1000);
  });

  check('a place that does not exist is refused', [], async (_, { driver, request, passing, patienceMs }) => {
    const id = await refusal(passing, driver.open({ ...request, place: '/dev/understudy-has-no-such-line' }), patienceMs);
    assert.ok(['not-found', 'unsupported'].includes(id), id);
  });

  check('is one program\'s alone until it is closed, and closing twice is well', [], async (watched, { driver, request, passing, patienceMs }) => {
    assert.is(await refusal(passing, driver.open(request), patienceMs), 'busy');
    await watched.close();
    await watched.close();
    const again = await result(passing, driver.open(request), patienceMs);
    await result(passing, again.close(), patienceMs);
  });

  check('after close nothing is called, and acts do nothing', [], async (watched, { passing }) => {
    const { control, audio } = watched.line;
    await watched.offHook();
    await watched.close();
    const before = [watched.events.length, watched.frames.length];
    control.seize();
    control.release();
    control.dial('1', 'tone');
    control.ring([1000, 2000], null);
    assert.not(audio.write(new Uint8Array(lineFrameSamples)));
    await passing.pass(300);
    assert.equal([watched.events.length, watched.frames.length, watched.losses], [...before, 0]);
  });

  check('a device that goes is told once, and nothing after it', ['unplug'], async (watched, { far, passing, patienceMs }) => {
    await watched.offHook();
    far.unplug?.();
    await until(passing, 'the loss is told', () => watched.losses > 0, patienceMs);
    const before = [watched.events.length, watched.frames.length];
    await passing.pass(500);
    assert.equal([watched.events.length, watched.frames.length, watched.losses], [...before, 1]);
  });
}

function trunk(check: Check): void {
  check('a call rings, and the caller gives up', ['ring', 'stopRinging'], async (watched, { far }) => {
    far.ring?.(null);
    await watched.sees('ring-started');
    far.stopRinging?.();
    await watched.sees('ring-stopped');
    assert.not(watched.has('off-hook'));
  });

  check('the number of the caller comes where the device finds it, and only there', ['ring', 'stopRinging'], async (watched, { far, passing }) => {
    far.ring?.(caller);
    await watched.sees('ring-started');
    if (watched.line.capabilities.callerId !== 'device') {
      await passing.pass(4000);
      assert.not(watched.has('caller-id'));
      return far.stopRinging?.();
    }
    const event = await watched.sees('caller-id');
    assert.is(event.type === 'caller-id' && event.callerId.number, caller.number);
    far.stopRinging?.();
  });

  check('a ringing line is answered and released', ['ring', 'isSeized'], async (watched, { far, passing, patienceMs }) => {
    far.ring?.(null);
    await watched.sees('ring-started');
    watched.line.control.seize();
    await watched.sees('off-hook');
    await until(passing, 'the exchange sees the answer', () => far.isSeized?.() === true, patienceMs);
    watched.line.control.release();
    await watched.sees('on-hook');
    await until(passing, 'the exchange sees the release', () => far.isSeized?.() === false, patienceMs);
  });

  check('the far party goes, which the line shows in a way it has said', ['ring', 'hangUp'], async (watched, { far }) => {
    far.ring?.(null);
    await watched.sees('ring-started');
    watched.line.control.seize();
    await watched.sees('off-hook');
    far.hangUp?.();
    const event = await watched.sees('disconnect');
    assert.ok(event.type === 'disconnect' && watched.line.capabilities.disconnect.includes(event.by));
    watched.line.control.release();
    await watched.sees('on-hook');
  });

  check('a number is dialled by tones', ['dialled'], async (watched, { far, passing, patienceMs }) => {
    await watched.offHook();
    watched.line.control.dial('159#0', 'tone');
    assert.not(watched.has('dialled'));
    await watched.sees('dialled');
    await until(passing, 'the exchange has the number', () => far.dialled?.() === '159#0', patienceMs);
  });

  check('what means nothing in the state is ignored', ['ring'], async (watched, { passing }) => {
    watched.line.control.release();
    watched.line.control.flash();
    watched.line.control.dial('1', 'tone');
    watched.line.control.lamp(true);
    await passing.pass(300);
    assert.equal(watched.events.map(({ type }) => type), []);
  });
}

function phone(check: Check): void {
  check('a telephone is lifted and put down', ['lift', 'putDown'], async (watched, { far }) => {
    far.lift?.();
    await watched.sees('off-hook');
    far.putDown?.();
    const onHook = await watched.sees('on-hook');
    assert.ok(onHook.sample > (watched.events[0]?.sample ?? 0));
  });

  check('rings until it is lifted', ['lift', 'putDown', 'isRinging'], async (watched, { far, passing, patienceMs }) => {
    watched.line.control.ring([1000, 2000], null);
    await until(passing, 'it rings', () => far.isRinging?.() === true, patienceMs);
    far.lift?.();
    await watched.sees('off-hook');
    assert.not(far.isRinging?.());
  });

  check('rings until it is stopped', ['lift', 'isRinging'], async (watched, { far, passing, patienceMs }) => {
    watched.line.control.ring([1000, 2000], null);
    await until(passing, 'it rings', () => far.isRinging?.() === true, patienceMs);
    watched.line.control.stopRinging();
    await until(passing, 'it rings no more', () => far.isRinging?.() === false, patienceMs);
    assert.not(watched.has('off-hook'));
  });

  check('the hook is flashed', ['lift', 'flash'], async (watched, { far }) => {
    await watched.offHook();
    far.flash?.();
    await watched.sees('flash');
    assert.not(watched.has('on-hook'));
  });

  check('a rotary dial is understood', ['lift', 'pulses'], async (watched, { far, passing, patienceMs }) => {
    await watched.offHook();
    far.pulses?.('420');
    const pulsed = (): string => watched.events.map((event) => (event.type === 'digit' && event.via === 'pulse' ? event.digit : '')).join('');
    await until(passing, 'three digits come', () => pulsed().length >= 3, patienceMs + 5000);
    assert.is(pulsed(), '420');
  });
}

function audio(check: Check): void {
  check('fifty frames a second come while it is off-hook, counted without a gap', [], async (watched, { passing, patienceMs }) => {
    await watched.offHook();
    const before = watched.frames.length;
    await until(passing, 'fifty frames come', () => watched.frames.length >= before + 50, patienceMs + 1000);
    const steps = watched.samples.slice(1).map((sample, at) => sample - (watched.samples[at] ?? 0));
    assert.equal([...new Set(steps)], [lineFrameSamples]);
    assert.ok(watched.frames.every((frame) => frame.length === lineFrameSamples));
  });

  check('keys are found where the device listens for them, and only there', ['keys'], async (watched, { far, passing, patienceMs }) => {
    await watched.offHook();
    far.keys?.('17#');
    const found = (): string => watched.events.map((event) => (event.type === 'digit' ? event.digit : '')).join('');
    if (watched.line.capabilities.digits !== 'device') {
      await passing.pass(2000);
      return assert.is(found(), '');
    }
    await until(passing, 'three digits come', () => found().length >= 3, patienceMs + 2000);
    assert.is(found(), '17#');
  });

  check('what is said is heard, and the other way round', ['speak', 'listen', 'heard'], async (watched, { far, passing, patienceMs, exact }) => {
    await watched.offHook();
    const random = new SimRandom(3);
    const words = random.bytes(50 * lineFrameSamples);
    const answer = random.bytes(50 * lineFrameSamples);
    far.listen?.();
    watched.frames.length = 0;
    watched.toSend = Array.from({ length: 50 }, (_, at) => answer.slice(at * lineFrameSamples, (at + 1) * lineFrameSamples));
    const half = watched.line.capabilities.duplex === 'half';
    if (!half) far.speak?.(words);
    await until(passing, 'all is sent', () => watched.toSend.length === 0, patienceMs + 2000);
    await passing.pass(watched.line.capabilities.latencyMs + 500);
    if (half) {
      far.speak?.(words);
      await passing.pass(2000);
    }
    if (!exact) return assert.ok(watched.frames.length >= 50);
    assert.ok(Buffer.concat(watched.frames).includes(Buffer.from(words)), 'what the far end said came through');
    assert.ok(Buffer.from(far.heard?.() ?? []).includes(Buffer.from(answer)), 'what was written came through');
  });

  check('no more is queued than 40 ms, and a full queue takes nothing', [], async (watched) => {
    const { audio, capabilities } = watched.line;
    await watched.offHook();
    const quiet = new Uint8Array(lineFrameSamples).fill(silenceCode(capabilities.law));
    let taken = 0;
    while (audio.write(quiet) && taken < 20) taken++;
    assert.ok(taken >= 1 && taken <= lineQueueSamples / lineFrameSamples + 1, `${taken} frames were taken at once`);
    assert.ok(audio.queued <= lineQueueSamples);
    audio.flush();
    assert.is(audio.queued, 0);
    assert.ok(audio.write(quiet));
  });
}
