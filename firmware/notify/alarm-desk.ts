import * as v from 'valibot';
import type { Timer } from '../../hal/clock.ts';
import { alarmFlow } from '../callflow/alarm-flow.ts';
import type { Flow, FlowState } from '../callflow/flow.ts';
import type { AlarmView, AlarmWish } from '../callflow/requests/notify-requests.ts';
import { mailboxOf } from '../config/mailbox-of.ts';
import type { Alarm } from './alarm-machine.ts';
import { alarmDue, alarmWishSchema, dayOf, nextOccurrence, occurrenceOver, ringBegun, ringEnded } from './alarm-machine.ts';
import type { AlarmStore } from './alarm-store.ts';
import type { NotifyParts } from './notify-parts.ts';
import type { OutgoingDesk } from './outgoing-desk.ts';

/** The clock on the wall is looked at this often at least: it may be set, and alarms may come from the other unit. */
const lookMs = 60_000;

/** Rings alarm calls when their time has come. Each ring is noted before it begins: after a power cut it is tried once more, not for ever. */
export class AlarmDesk {
  readonly #parts: NotifyParts;
  readonly #store: AlarmStore;
  readonly #desk: OutgoingDesk;
  readonly #ringing = new Set<string>();
  #timer: Timer | null = null;
  #stopped = false;

  constructor(parts: NotifyParts, store: AlarmStore, desk: OutgoingDesk) {
    this.#parts = parts;
    this.#store = store;
    this.#desk = desk;
  }

  start(): void {
    this.#look();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** Durable when resolved. Errors: HalError no-space, read-only, io. */
  async set(wish: AlarmWish): Promise<{ outcome: 'ok' | 'not-allowed' | 'bad' | 'full'; id: string; nextMs: number }> {
    const { random, clock } = this.#parts;
    const refused = { id: '', nextMs: 0 };
    if (!v.is(alarmWishSchema, wish)) return { outcome: 'bad', ...refused };
    if (!this.#desk.allows(wish.number)) return { outcome: 'not-allowed', ...refused };
    if (this.#store.full) return { outcome: 'full', ...refused };
    const day = dayOf(wish, clock.wall(), this.#zone());
    const nextMs = nextOccurrence({ ...wish, day }, clock.wall(), this.#zone());
    const id = Buffer.from(random.bytes(4)).toString('hex');
    await this.#store.put({ ...v.parse(alarmWishSchema, wish), day, id, nextMs, tried: 0 });
    this.#look();
    return { outcome: 'ok', id, nextMs };
  }

  all(): readonly AlarmView[] {
    return this.#store.all();
  }

  /** Of this number, or this one; how many. Errors: HalError no-space, read-only, io. */
  async cancel(number: string | null, id: string | null): Promise<number> {
    const chosen = this.#store.all().filter((alarm) => (number === null || alarm.number === number) && (id === null || alarm.id === id));
    for (const alarm of chosen) await this.#store.remove(alarm.id);
    return chosen.length;
  }

  #look(): void {
    if (this.#stopped) return;
    const now = this.#parts.clock.wall();
    const waitMs = Math.min(lookMs, ...this.#store.all().map(({ nextMs }) => (nextMs > now ? nextMs - now : lookMs)));
    this.#timer?.cancel();
    this.#timer = this.#parts.clock.after('alarms', waitMs, () => this.#look());
    if (!this.#parts.serves()) return;
    for (const alarm of this.#store.all()) {
      const due = this.#ringing.has(alarm.id) ? 'no' : alarmDue(alarm, now);
      if (due === 'ring') this.#follow(alarm, () => this.#ring(alarm));
      if (due === 'missed') this.#follow(alarm, () => this.#missed(alarm));
      if (due === 'astray') this.#follow(alarm, () => this.#store.put({ ...alarm, tried: 0, nextMs: nextOccurrence(alarm, now, this.#zone()) }));
    }
  }

  #follow(alarm: Alarm, work: () => Promise<void>): void {
    this.#ringing.add(alarm.id);
    work()
      .catch((error: unknown) => this.#parts.log.write('error', 'alarm-call-failed', `Alarm ${alarm.id} for ${alarm.number} cannot be kept track of: ${String(error)}`))
      .finally(() => {
        this.#ringing.delete(alarm.id);
        this.#look();
      });
  }

  async #ring(alarm: Alarm): Promise<void> {
    const { clock, settings } = this.#parts;
    await this.#store.put(ringBegun(alarm, clock.wall()));
    const language = mailboxOf(settings(), alarm.mailbox ?? alarm.number)?.language ?? null;
    const flow = () => alarmFlow(alarm) as unknown as Flow<FlowState>;
    const result = await this.#desk.place({ type: 'alarm', number: alarm.number, mailbox: alarm.mailbox, ringMs: alarm.ringSec * 1000, language, flow });
    if (this.#stopped || this.#store.find(alarm.id) === null) return; // cancelled while it rang
    const heard = result.kind === 'heard' || (result.kind === 'answered' && alarm.cancelCode === '');
    this.#tell(alarm, heard, result.kind === 'heard' ? 'ended by its code' : result.why);
    await this.#keep(alarm, ringEnded(alarm, heard, clock.wall(), this.#zone()));
  }

  #tell({ id, number, mailbox, tried, retries }: Alarm, heard: boolean, why: string): void {
    const { log } = this.#parts;
    if (heard || tried < retries) log.write('info', 'alarm-call', `Alarm ${id} rang at ${number}: ${heard ? 'heard' : 'not heard'} (${why}).`, { mailbox });
    else log.write('warning', 'alarm-call-unheard', `Alarm ${id} for ${number} was not heard by anybody: ${why}.`, { mailbox });
  }

  async #missed(alarm: Alarm): Promise<void> {
    const { clock, log } = this.#parts;
    log.write('warning', 'alarm-call-missed', `Alarm ${alarm.id} for ${alarm.number} was due at ${new Date(alarm.nextMs).toISOString()} and could not ring then; it is not made up for.`, { mailbox: alarm.mailbox });
    await this.#keep(alarm, occurrenceOver(alarm, clock.wall(), this.#zone()));
  }

  async #keep(alarm: Alarm, after: Alarm | null): Promise<void> {
    if (after === null) await this.#store.remove(alarm.id);
    else await this.#store.put(after);
  }

  #zone(): string {
    return this.#parts.settings().unit.timeZone;
  }
}
