import { startConfiguration } from '../../firmware/config/last-good.ts';
import { StoredConfigurationFile } from '../../firmware/config/own-file.ts';
import type { Settings } from '../../firmware/config/settings.ts';
import { ConsoleSession } from '../../firmware/console/session.ts';
import { Configuration } from '../../firmware/lifecycle/configuration.ts';
import { ConfigurationEditor } from '../../firmware/lifecycle/configuration-editor.ts';
import { ownAfterTrial } from '../../firmware/lifecycle/own-after-trial.ts';
import { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import { SettingsSource } from '../../firmware/site/sources/settings-source.ts';
import { settle } from '../../hal/sim/sim-clock.ts';
import type { SimClock } from '../../hal/sim/sim-clock.ts';
import type { SimStorage } from '../../hal/sim/sim-storage.ts';
import { ExampleUnit } from '../unit/console/example-unit.ts';
import { Screen } from '../unit/console/screen.ts';

export const ownPath = 'etc/understudy.yaml';
export const firstText = `# Kiel
sip: { port: 5060 }
messages:
  maxSec: 60 # short
peers: []
mailboxes:
  - { number: "201", name: Ada }
`;

/** Puts a file there as a person would. */
export async function writeByHand(storage: SimStorage, text: string): Promise<void> {
  await storage.makeDirectory('etc');
  await storage.syncDirectory('');
  await new StoredConfigurationFile(ownPath, async () => storage, ownPath).write(text);
}

export async function readBack(storage: SimStorage): Promise<string> {
  const own = await new StoredConfigurationFile(ownPath, async () => storage, ownPath).read();
  return 'text' in own ? own.text : own.unreadable;
}

/** What holds the settings of a unit: enough for all that a configuration does to one. */
export class SettingsHolder {
  settings: Settings;
  refuses: Error | null = null;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  apply(settings: Settings): void {
    const refused = this.refuses;
    this.refuses = null;
    if (refused !== null) throw refused;
    this.settings = settings;
  }
}

/** A start of the unit as far as its configuration goes; data and configuration file lie on one simulated disk. */
export async function startUp(storage: SimStorage, clock: SimClock) {
  const log = new UnitLog(clock, 'debug');
  const file = new StoredConfigurationFile(ownPath, async () => storage, ownPath);
  const { own, trial } = await ownAfterTrial(storage, file, clock.wall(), log);
  const start = await startConfiguration(own, storage, clock.wall());
  if (start.from === 'nowhere') throw new Error(JSON.stringify(start.faults));
  const site = start.settings.pair === null ? null : await SettingsSource.open(storage, start.settings, log);
  const holder = new SettingsHolder(site?.settings ?? start.settings);
  if (site !== null) site.applied = (settings) => holder.apply(settings);
  const restarts: string[] = [];
  const configuration = new Configuration({ clock, log, storage, file, unit: holder, site, within: (all) => all, follow: async () => undefined, restart: (why) => void restarts.push(why) }, start.text, ownPath);
  configuration.resume(trial);
  const editor = new ConfigurationEditor(configuration, storage, () => clock.wall());
  return { log, site, holder, configuration, editor, restarts, start, person: (who: string) => person(who, clock, editor, log) };
}

/** Somebody at a terminal of the unit. */
function person(who: string, clock: SimClock, editor: ConfigurationEditor, log: UnitLog) {
  const unit = new ExampleUnit();
  unit.configuration = editor;
  const screen = new Screen(200);
  const ended: string[] = [];
  const session = new ConsoleSession({ terminal: screen, unit, clock, log, who, ended: (reason) => void ended.push(reason) });
  session.start();
  /** Keys pressed; what came on the screen by them, without the lines with a prompt. */
  const type = async (keys: string): Promise<string[]> => {
    const before = screen.rows.length - 1;
    session.feed(Buffer.from(keys));
    for (let turn = 0; turn < 40; turn++) await settle();
    return screen.rows.slice(before).filter((row) => !/^understudy[>#]/.test(row));
  };
  return { session, screen, ended, unit, type };
}
