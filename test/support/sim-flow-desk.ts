import { FlowDesk } from '../../firmware/flows/flow-desk.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimDatabases } from '../../hal/sim/sim-databases.ts';
import { SimHttp } from '../../hal/sim/sim-http.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { SimSpeech } from '../../hal/sim/sim-speech.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { testSettings } from './sim-unit.ts';
import { ListLog } from './store-fixture.ts';

/** What a unit keeps for its call flows, opened, without the unit. */
export async function simFlowDesk(clock: SimClock = new SimClock(), storage: SimStorage = new SimStorage()): Promise<FlowDesk> {
  const settings = testSettings();
  const flows = new FlowDesk({ clock, storage, log: new ListLog(), databases: new SimDatabases(clock), http: new SimHttp(clock), random: new SimRandom(1), speech: new SimSpeech(clock), settings: () => settings });
  await flows.open();
  return flows;
}
