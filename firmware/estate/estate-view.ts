import { formatTime } from '../console/format.ts';
import { table } from '../console/table.ts';
import type { AlarmNote, Pointer, Presence } from './note-bodies.ts';
import { readAlarm, readPointer, readPresence } from './note-bodies.ts';
import type { SignedNote } from './signed-note.ts';
import { isSignedBy, keyOfUnit, readNote } from './signed-note.ts';
import type { Topic } from './topics.ts';
import { readTopic } from './topics.ts';

/** Units that are shown; more are counted. */
export const maxUnits = 2000;
/** The last alarms; repetitions of older ones may be shown again. */
export const maxAlarms = 50;

interface UnitView {
  readonly site: string;
  readonly unit: string;
  presence: Presence | null;
  pointer: Pointer | null;
}

/** A whole estate as the broker tells it, for people. Only what a unit signed is shown: its topic names the certificate that it must have. */
export class EstateView {
  /** Notes that nobody signed who should have. */
  refused = 0;
  /** Units beyond those that are shown. */
  unshown = 0;
  readonly #units = new Map<string, UnitView>();
  #alarms: AlarmNote[] = [];

  /** Whether something is to be shown anew. */
  take(topic: string, payload: Uint8Array): boolean {
    const found = readTopic(topic);
    if (found === null || found.kind === 'command' || found.kind === 'result' || payload.length === 0) return false;
    const note = readNote(payload);
    const key = note === null ? null : keyOfUnit(found.unit, note.certificate);
    if (note === null || key === null || !isSignedBy(found.kind, note, key)) {
      this.refused += 1;
      return false;
    }
    return this.#taken(found, note);
  }

  /** Units by the start of their id, or by name. */
  find(words: string): readonly { readonly site: string; readonly unit: string; readonly name: string }[] {
    const all = [...this.#units.values()].map(({ site, unit, presence }) => ({ site, unit, name: presence?.name ?? '' }));
    return all.filter(({ unit, name }) => name === words || (/^[0-9a-f]{4,64}$/.test(words) && unit.startsWith(words)));
  }

  /** Lines of a table of units, and of one of alarms. */
  lines(timeZone: string): string[] {
    const units = [...this.#units.values()].sort((one, other) => order(one).localeCompare(order(other)));
    const columns = [{ title: 'SITE' }, { title: 'UNIT' }, { title: 'NAME' }, { title: 'STATE' }, { title: 'ROLE' }, { title: 'EPOCH', right: true }, { title: 'VERSION', right: true }, { title: 'SITE STATE' }, { title: 'CALLS', right: true }, { title: 'ALARMS', right: true }, { title: 'LAST ALARM' }, { title: 'SAID' }];
    const alarms = this.#alarms.map((alarm) => [formatTime(alarm.lastMs, timeZone), alarm.site, alarm.name, alarm.state, alarm.subject === '' ? alarm.event : `${alarm.event} ${alarm.subject}`, alarm.times, alarm.text]);
    return [
      ...table(columns, units.map((unit) => this.#row(unit, timeZone)), 'no unit has said anything yet'),
      ...(this.unshown === 0 ? [] : [`and ${this.unshown} more notes of units beyond ${maxUnits}`]),
      ...(this.refused === 0 ? [] : [`${this.refused} notes were not signed by their unit`]),
      '',
      ...table([{ title: 'TIME' }, { title: 'SITE' }, { title: 'NAME' }, { title: 'STATE' }, { title: 'ALARM' }, { title: 'TIMES', right: true }, { title: 'TEXT' }], alarms, 'no alarm since the start'),
    ];
  }

  #taken({ site, unit, kind }: Topic, { body }: SignedNote): boolean {
    const view = this.#unit(site, unit);
    if (view === null) return false;
    const [presence, pointer, alarm] = [kind === 'presence' ? readPresence(body) : null, kind === 'pointer' ? readPointer(body) : null, kind === 'alarm' ? readAlarm(body) : null];
    const said = presence ?? pointer ?? alarm;
    if (said === null || said.site !== site || said.unit !== unit) return false;
    view.presence = presence ?? view.presence;
    view.pointer = pointer ?? view.pointer;
    return alarm === null || this.#alarm(alarm);
  }

  #unit(site: string, unit: string): UnitView | null {
    const key = `${site} ${unit}`;
    const known = this.#units.get(key);
    if (known !== undefined) return known;
    if (this.#units.size >= maxUnits) {
      this.unshown += 1;
      return null;
    }
    const made = { site, unit, presence: null, pointer: null };
    this.#units.set(key, made);
    return made;
  }

  /** The same id is the same alarm, told again. */
  #alarm(alarm: AlarmNote): boolean {
    if (this.#alarms.some(({ id }) => id === alarm.id)) return false;
    this.#alarms = [...this.#alarms, alarm].slice(-maxAlarms);
    return true;
  }

  #row({ site, unit, presence }: UnitView, timeZone: string): (string | number)[] {
    const id = unit.slice(0, 8);
    if (presence === null) return [site, id, '-', '-', '-', '-', '-', '-', '-', '-', '-', '-'];
    const { name, state, role, epoch, version, calls, alarms, lastAlarm, atMs } = presence;
    return [site, id, name, state, role, epoch, version === 0 ? '-' : version, this.#standing(site, version), calls, alarms, lastAlarm ?? '-', formatTime(atMs, timeZone)];
  }

  /** Against the newest pointer of the site. */
  #standing(site: string, version: number): string {
    const newest = Math.max(0, ...[...this.#units.values()].filter((one) => one.site === site).map(({ pointer }) => pointer?.version ?? 0));
    if (newest === 0) return '-';
    return version >= newest ? 'in step' : `${newest - version} behind`;
  }
}

const order = ({ site, presence, unit }: UnitView): string => `${site} ${presence?.name ?? '~'} ${unit}`;
