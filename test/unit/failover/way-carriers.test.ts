import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WayCarriers } from '../../../firmware/failover/way-carriers.ts';
import { HalError } from '../../../hal/errors.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';

/** A machine whose routing table and cables the test moves. */
function machine(routes: Record<string, string | null | 'unsupported'>) {
  const clock = new SimClock();
  const watchers = new Map<string, Set<(up: boolean) => void>>();
  const lines: string[] = [];
  const told: string[] = [];
  const reachability = {
    answers: async () => false,
    interfaceTowards: async (address: string) => {
      const name = routes[address] ?? null;
      if (name === 'unsupported') throw new HalError('unsupported', address, 'no addon');
      return name;
    },
    watchCarrier: async (name: string, changed: (up: boolean) => void) => {
      const all = watchers.get(name) ?? new Set();
      watchers.set(name, all.add(changed));
      return { close: () => void all.delete(changed) };
    },
  };
  const log = { write: (severity: string, event: string, text: string) => void lines.push(`${severity} ${event} ${text}`) };
  const ways = new WayCarriers({ clock, reachability, log }, Object.keys(routes), (path, up) => void told.push(`${path} ${up ? 'up' : 'down'}`));
  const cable = (name: string, up: boolean): void => watchers.get(name)?.forEach((changed) => changed(up));
  return { clock, ways, told, lines, cable, watched: () => [...watchers].filter(([, all]) => all.size > 0).map(([name]) => name) };
}

test('each way has the carrier of the card that leads to it', async () => {
  const { ways, told, cable, watched } = machine({ '10.0.0.2': 'eth0', '10.1.0.2': 'eth1' });
  ways.start();
  await settle();
  assert.equal(ways.names(), ['eth0', 'eth1']);
  cable('eth1', false);
  cable('eth1', true);
  assert.equal(told, ['1 down', '1 up']);
  ways.close();
  assert.equal(watched(), []);
});

test('a way that is not there yet is found later, and one that moves to another card is followed', async () => {
  const routes: Record<string, string | null> = { '10.0.0.2': null };
  const { clock, ways, told, cable, watched } = machine(routes);
  ways.start();
  await settle();
  assert.equal(ways.names(), [null]);
  routes['10.0.0.2'] = 'eth0';
  await clock.advance(10_000);
  assert.equal(watched(), ['eth0']);
  routes['10.0.0.2'] = 'wlan0';
  await clock.advance(10_000);
  assert.equal([watched(), ways.names()], [['wlan0'], ['wlan0']]);
  cable('wlan0', false);
  assert.equal(told, ['0 down']);
  ways.close();
  assert.equal(clock.pending(), []);
});

test('card-pulled: while its cable is out a way keeps its card, wherever the routing table sends packets meanwhile', async () => {
  const routes: Record<string, string | null> = { '10.1.0.2': 'eth1' };
  const { clock, ways, told, cable, watched } = machine(routes);
  ways.start();
  await settle();
  cable('eth1', false);
  routes['10.1.0.2'] = 'eth0';
  await clock.advance(30_000);
  assert.equal([watched(), told], [['eth1'], ['0 down']]);
  cable('eth1', true);
  await settle();
  assert.equal([watched(), told], [['eth0'], ['0 down', '0 up']]);
  ways.close();
});

test('a machine that cannot tell is told of once, and cuts are found by silence', async () => {
  const { clock, ways, lines } = machine({ '10.0.0.2': 'unsupported', '10.1.0.2': 'unsupported' });
  ways.start();
  await clock.advance(60_000);
  assert.equal(lines, ['warning pair-carrier The cable of the way to 10.0.0.2 is not watched; a cut is found by silence only: HalError: 10.0.0.2: no addon']);
  ways.close();
});

test.run();
