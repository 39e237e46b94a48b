// Control hears what the media thread says only seconds later, when the port has another session: each chunk is still that of its own.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../firmware/log.ts';
import { createMediaEngine, type MediaEngine } from '../../../firmware/media/media-engine.ts';
import type { MediaEvent, MediaThreadEvent } from '../../../firmware/media/media-protocol.ts';
import { wholeEvents } from '../../../firmware/media/whole-events.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-net.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { phoneAddress, unitAddress } from '../../support/media/media-stage.ts';
import { RtpPhone } from '../../support/media/rtp-phone.ts';
import { sameBytes } from '../../support/media/same-bytes.ts';

/** Another in each session, loud, and with no two alike. */
const voice = (session: number, ms: number): Uint8Array => new SimRandom(session).bytes(ms * 8).map((byte) => byte % 100);

class LateControl {
  readonly clock = new SimClock();
  readonly heard: MediaEvent[] = [];
  readonly #waiting: MediaThreadEvent[] = [];
  readonly #door = wholeEvents((event) => void this.heard.push(event));
  readonly #network = new SimNetwork(this.clock, new SimRandom(1));
  readonly engine: MediaEngine = createMediaEngine({
    clock: this.clock, random: new SimRandom(2), batch: this.#network.host(unitAddress).batch(), log: silentLog, ports: 1, address: unitAddress, firstPort: 10_000,
    prompts: { get: () => null, ids: () => [] }, emit: (event) => void this.#waiting.push(event),
  });

  /** A whole call, of which control hears nothing. */
  async call(session: number, ms: number, chunkMs: number): Promise<void> {
    const phone = await RtpPhone.at(this.clock, this.#network.host(phoneAddress), 4000 + 2 * session, { address: unitAddress, port: 10_000 });
    const remote = { address: phoneAddress, port: 4000 + 2 * session };
    this.engine.command({ type: 'start', port: 0, session, settings: { remote, remoteRtcp: null, codec: 'PCMU', payloadType: 0, eventPayloadType: 101, direction: 'sendrecv', ptimeMs: 20 } });
    this.engine.command({ type: 'record', port: 0, session, record: { record: 1, maxMs: 60_000, silenceMs: 0, silenceDbm0: -42, stopDigits: '#', chunkMs } });
    phone.speak(voice(session, ms));
    await this.clock.advance(ms);
    this.engine.command({ type: 'stop', port: 0, session });
    await this.clock.advance(0);
  }

  hearAll(): void {
    for (const event of this.#waiting.splice(0)) this.#door(event);
  }

  /** How many chunks that it has not heard of had no place. */
  get own(): number {
    return this.#waiting.filter(({ type }) => type === 'chunk').length;
  }

  chunks(session: number): Extract<MediaEvent, { type: 'chunk' }>[] {
    return this.heard.filter((event): event is Extract<MediaEvent, { type: 'chunk' }> => event.type === 'chunk' && event.session === session);
  }
}

for (const chunkMs of [500, 1000, 750, 90]) {
  test(`three calls on one port before control hears of the first, in chunks of ${chunkMs} ms`, async () => {
    const control = new LateControl();
    await control.engine.start();
    for (const session of [1, 2, 3]) await control.call(session, 2500, chunkMs);
    assert.ok(control.own > 0, 'places have run out');
    control.hearAll();
    for (const session of [1, 2, 3]) {
      const chunks = control.chunks(session);
      assert.equal(chunks.map(({ sequence }) => sequence), chunks.map((_, at) => at));
      assert.ok(chunks.slice(0, -1).every(({ bytes }) => bytes.length === chunkMs * 8));
      const recorded = Buffer.concat(chunks.map(({ bytes }) => bytes));
      const spoken = voice(session, 2500);
      const beganMs = recorded.indexOf(spoken.subarray(0, 800)) / 8;
      assert.ok(beganMs >= 0 && beganMs <= 100, `what was said in session ${session} begins after ${beganMs} ms`);
      const heard = recorded.subarray(beganMs * 8);
      assert.ok(heard.length >= 2400 * 8, `${heard.length} octets`);
      sameBytes(heard, spoken.subarray(0, heard.length));
    }
    assert.equal(control.heard.map(({ type }) => type).filter((type) => type === 'stopped' || type === 'record-ended'), [1, 2, 3].flatMap(() => ['record-ended', 'stopped']));
    await control.call(4, 120, chunkMs);
    assert.is(control.own, 0, 'all places have been given back');
    await control.engine.close();
  });
}

test.run();
