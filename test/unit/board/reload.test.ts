// SIGHUP: the configuration file is read again by the running unit.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { board as simBoard } from '../../../board/sim/board.ts';
import { withinBoard } from '../../../board/common/within-board.ts';
import { StoredConfigurationFile } from '../../../firmware/config/own-file.ts';
import { Configuration } from '../../../firmware/lifecycle/configuration.ts';
import type { UnitLog } from '../../../firmware/lifecycle/unit-log.ts';
import type { Settings } from '../../../firmware/config/settings.ts';
import type { Unit } from '../../../firmware/run.ts';
import { SettingsSource } from '../../../firmware/site/sources/settings-source.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-network.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { simUnit, testConfiguration, testSettings } from '../../support/sim-unit.ts';

const board = { ...simBoard, maxPorts: 8 };
const file = 'understudy.yaml';
const pair = '\npair: { rank: primary, partner: [10.0.0.3] }\n';

interface World {
  readonly unit: Unit;
  readonly log: UnitLog;
  readonly configuration: Configuration;
  /** A person writes the file anew, and the unit gets SIGHUP. */
  readonly reload: (text: string) => Promise<void>;
  readonly site: SettingsSource | null;
}

/** A unit that was started with this configuration on a board with eight ports. */
async function started(text: string): Promise<World> {
  const clock = new SimClock();
  const storage = new SimStorage();
  const host = new SimNetwork(clock, new SimRandom(1)).host('10.0.0.2');
  const quiet = { write: () => undefined };
  const own = withinBoard(testSettings(text), board, quiet);
  const site = own.pair === null ? null : await SettingsSource.open(storage, own, quiet);
  const { unit, log } = simUnit({ clock, host, storage, settings: site?.settings ?? own });
  Object.assign(unit.parts, { site });
  const etc = new SimStorage();
  const within = (settings: Settings): Settings => withinBoard(settings, board, log);
  const configuration = new Configuration({ clock, log, storage, file: new StoredConfigurationFile(file, async () => etc, file), unit, site, within, follow: async () => undefined, restart: null }, text, file);
  const reload = async (written: string): Promise<void> => {
    const out = await etc.open(file, (await etc.stat(file)) === null ? 'create' : 'update');
    await out.truncate(0);
    await out.write(Buffer.from(written), 0);
    await out.close();
    await configuration.reload();
  };
  return { unit, log, site, configuration, reload };
}

const events = (log: UnitLog): string[] => log.last(1000).map(({ event }) => event);

for (const [who, more] of [['a unit alone', ''], ['a unit of a pair', pair]] as const) {
  test(`SIGHUP of ${who} with more ports than the board has: they are cut as at the start, and no restart is asked for`, async () => {
    const world = await started(testConfiguration.replace('ports: 4', 'ports: 20') + more);
    assert.is(world.unit.settings.ports, 8);
    await world.reload(testConfiguration.replace('ports: 4', 'ports: 30') + more);
    assert.equal([world.unit.settings.ports, world.configuration.facts().waiting], [8, []]);
    assert.is(world.site?.settings.ports ?? 8, 8);
    assert.ok(events(world.log).includes('ports-cut') && events(world.log).includes('reloaded'), events(world.log).join(' '));
  });
}

test('SIGHUP with fewer ports: they wait for a restart', async () => {
  const world = await started(testConfiguration);
  await world.reload(testConfiguration.replace('ports: 4', 'ports: 2'));
  assert.equal(world.configuration.facts().waiting, ['ports']);
});

test('SIGHUP with a fault in the file changes nothing', async () => {
  const world = await started(testConfiguration);
  await world.reload(testConfiguration.replace('ports: 4', 'ports: none'));
  assert.equal([world.unit.settings.ports, world.configuration.facts().waiting], [4, []]);
  assert.ok(events(world.log).includes('reload-failed'));
});

test('a watchdog that cannot wait as long as is asked is given what it can, at the start and at a change', () => {
  const told: string[] = [];
  const log = { write: (_severity: string, event: string) => void told.push(event) };
  const asked = testSettings(`${testConfiguration}health: { watchdogSec: 30 }\n`);
  assert.is(withinBoard(asked, { ...board, watchdogMostSec: 15 }, log).health.watchdogSec, 15);
  assert.is(withinBoard(asked, { ...board, watchdogMostSec: 30 }, log).health.watchdogSec, 30);
  assert.is(withinBoard(asked, board, log).health.watchdogSec, 30);
  assert.equal(told, ['watchdog-cut']);
});

test.run();
