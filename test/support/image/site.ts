// A board with its network and a person at its serial line, as most image tests begin.
import { wentWell } from '../peers/leave-calls.ts';
import type { Question } from '../peers/options-probe.ts';
import { OptionsProbe } from '../peers/options-probe.ts';
import { sleep } from '../peers/program.ts';
import { writeTrack } from '../peers/rtp-track.ts';
import type { SippCall } from '../peers/sipp.ts';
import { Sipp, sipp } from '../peers/sipp.ts';
import { speech } from '../peers/spoken.ts';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BoardLan } from './board-lan.ts';
import type { BuiltImage } from './built-image.ts';
import type { BoardChoices } from './emulated-board.ts';
import { EmulatedBoard } from './emulated-board.ts';
import { patience, UnitConsole } from './unit-console.ts';

/** Five times what an idle machine takes. */
export const bootLimitMs = patience * 120_000;
const callLimitMs = 60_000;
const folder = mkdtempSync(path.join(tmpdir(), 'tracks-'));

export interface Reach {
  readonly unit: string;
  readonly caller: string;
}

export class ImageSite {
  readonly lan = new BoardLan();
  readonly board: EmulatedBoard;
  /** Where callers find the unit, and from where they call. */
  reach: Reach = { unit: this.lan.board, caller: this.lan.host };

  constructor({ image, firmware }: BuiltImage, more: Partial<BoardChoices> = {}) {
    this.board = new EmulatedBoard({ image, firmware, lan: this.lan, ...more });
  }

  /** Until the unit invites a technician, which it does when it takes calls. */
  async started(): Promise<void> {
    await this.board.console.heard(/: press Enter/, bootLimitMs);
  }

  /** The console of this life, at its prompt. */
  async console(): Promise<UnitConsole> {
    const person = new UnitConsole(this.board.console);
    await person.begin();
    return person;
  }

  /**
   * What a technician does on a blank unit: the PBX, which is the test's machine, mailboxes with their PINs, and what `more` commands set. Resolves to the PINs. Health is looked at
   * seldom from the next start on, since an emulator on a busy machine stands still for seconds, which a unit takes for its own fault.
   */
  async configure(mailboxes: readonly string[], more: readonly string[] = []): Promise<ReadonlyMap<string, string>> {
    const person = await this.console();
    await person.typeAll(['configure', 'set health.everySec 6', `set peers[local].addresses [127.0.0.1,${this.lan.host}]`, ...mailboxes.map((number) => `set mailboxes[${number}].name Box${number}`), ...more]);
    const said = await person.type('commit');
    if (!/committed/.test(said)) throw new Error(`the configuration was not taken: ${said}`);
    await person.type('exit');
    const pins = new Map<string, string>();
    for (const number of mailboxes) {
      const answer = await this.#typed(person, `mailbox ${number} pin reset`);
      const pin = /\b(\d{4,})\b(?!.*\b\d{4,}\b)/.exec(answer)?.[1];
      if (pin === undefined) throw new Error(`no PIN for ${number}: ${answer}`);
      pins.set(number, pin);
    }
    return pins;
  }

  /** A command that may be given twice: a unit that has started itself anew meanwhile ends the session, and is asked once more. */
  async #typed(person: UnitConsole, command: string): Promise<string> {
    try {
      return await person.type(command);
    } catch (error) {
      if (!String(error).includes('the session ends')) throw error;
      await person.begin();
      return person.type(command);
    }
  }

  /** Calls every 200 ms until one is answered; resolves to the time of day when it was. The unit has a mailbox 208 for that. */
  firstAnswer(limitMs: number): Promise<number> {
    return this.#firstAnswered('invite', limitMs);
  }

  /** The same by OPTIONS, which also a blank unit answers. */
  serves(limitMs: number): Promise<number> {
    return this.#firstAnswered('options', limitMs);
  }

  /** How many of the OPTIONS that come every 200 ms for so long are answered, by whatever. */
  async answersIn(ms: number, reach = this.reach): Promise<number> {
    const probe = this.#probe('options', ms, reach);
    await sleep(ms);
    const { length } = probe.answers;
    await probe.stop();
    return length;
  }

  async #firstAnswered(question: Question, limitMs: number): Promise<number> {
    const probe = this.#probe(question, limitMs);
    try {
      return (await probe.servedAfter(0, limitMs)).answeredMs;
    } finally {
      await probe.stop();
    }
  }

  #probe(question: Question, limitMs: number, { unit, caller } = this.reach): OptionsProbe {
    return new OptionsProbe(this.lan.namespace, unit, 200, caller, limitMs + 5000, question);
  }

  /** A caller who leaves `seconds` of speech, and hangs up. Errors: the call did not go as calls go. */
  async leaves(mailbox: string, seconds: number): Promise<void> {
    wentWell(await sipp(this.#leaving(mailbox, seconds)));
  }

  /** Such a caller, who can be stopped. */
  leaving(mailbox: string, seconds: number): Promise<Sipp> {
    return Sipp.start(this.#leaving(mailbox, seconds));
  }

  #leaving(mailbox: string, seconds: number): SippCall {
    const file = path.join(folder, `leave-${mailbox}-${seconds}.pcap`);
    const { ms } = writeTrack(file, [600, '#', 2500, speech(Number(mailbox), 1000 * seconds, 0), 300], 0);
    return { scenario: 'call-and-hang-up', to: 5060, ...this.#caller, values: { number: mailbox, payload: 0, track: file, trackMs: ms + 300 }, limitMs: callLimitMs };
  }

  /** The owner calls in, hears what there is for `listenMs` from the log-in on, and leaves by a key. Errors: the unit does not end the call. */
  async collects(mailbox: string, pin: string, listenMs: number): Promise<void> {
    const file = path.join(folder, `collect-${mailbox}.pcap`);
    const { ms } = writeTrack(file, [1000, `${mailbox}#`, 1500, `${pin}#`, listenMs, '0', 2000, '0', 2000], 0);
    wentWell(await sipp({ scenario: 'call-until-bye', to: 5060, ...this.#caller, values: { number: '*17', uri: 'sip:*17@[remote_ip]:[remote_port]', track: file, trackMs: ms }, limitMs: callLimitMs + listenMs }));
  }

  get #caller() {
    return { host: this.reach.unit, address: this.reach.caller, namespace: this.lan.namespace };
  }

  async remove(): Promise<void> {
    await this.board.remove();
    await this.lan.remove();
  }
}
