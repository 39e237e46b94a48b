// Who may import whom. What keeps the firmware testable and the drivers replaceable is that nobody can forget this.
import { builtinModules } from 'node:module';

/** Layer of a source file, the more special first. */
const LAYERS = ['hal/sim', 'hal/drivers', 'hal', 'firmware', 'board/sim', 'board', 'test'];

const OWN = {
  'hal': ['hal'],
  'hal/drivers': ['hal', 'hal/drivers'],
  'hal/sim': ['hal', 'hal/sim'],
  'firmware': ['hal', 'firmware'],
  'board': ['hal', 'hal/drivers', 'firmware', 'board'],
  'board/sim': ['hal', 'hal/drivers', 'hal/sim', 'firmware', 'board', 'board/sim'],
  'test': LAYERS,
};

const RULES = {
  'hal': 'hal/*.ts are interfaces: they import nothing but each other',
  'hal/drivers': 'hal/drivers imports hal only',
  'hal/sim': 'hal/sim imports hal only',
  'firmware': 'firmware imports the interfaces hal/*.ts and firmware only',
  'board': 'board imports hal and firmware; what simulates is for board/sim',
  'board/sim': 'board/sim imports hal, firmware and board, never tests',
};

const MACHINE_LAYERS = ['hal/drivers', 'board', 'board/sim', 'test'];
const MACHINE_RULE = 'node:* and device packages only in hal/drivers and board (node:crypto and node:buffer excepted)';
const EVERYWHERE = ['node:crypto', 'node:buffer'];
const DEVICE_PACKAGES = ['koffi', 'mqtt', 'serialport', '@serialport/', 'onoff', 'epoll', 'pcap'];
const BUILTINS = new Set(builtinModules);

/** Never in a bundle for a real unit: simulators, and the phone that calls the unit from its own console. */
const SIMULATION = [/^hal\/sim\//, /^board\/sim\//, /^test\//, /(^|\/)test-?phone(\/|\.|-)/i];

/** The layer of a path below the project's root, or undefined for what is not source of ours. */
export function layerOf(path) {
  return LAYERS.find((layer) => path.startsWith(`${layer}/`));
}

/** The rule that `from` breaks by importing `to` (a path of ours, or the name of a package), or undefined. */
export function brokenRule(from, to) {
  const layer = layerOf(from);
  const target = layerOf(to);
  if (layer === undefined) return undefined;
  if (target !== undefined) return OWN[layer].includes(target) ? undefined : RULES[layer];
  if (to.startsWith('understudy:')) return MACHINE_LAYERS.includes(layer) ? undefined : 'what the build puts in is for board only';
  if (layer === 'hal') return RULES.hal;
  return isMachine(to) && !MACHINE_LAYERS.includes(layer) ? MACHINE_RULE : undefined;
}

/** The rule that a production bundle breaks by containing the file `path`, or undefined. */
export function brokenBundleRule(path) {
  return SIMULATION.some((pattern) => pattern.test(path)) ? 'simulation and test code never in a production bundle' : undefined;
}

function isMachine(name) {
  const builtin = name.startsWith('node:') ? name : BUILTINS.has(name) ? `node:${name}` : undefined;
  if (builtin !== undefined) return !EVERYWHERE.includes(builtin);
  return DEVICE_PACKAGES.some((device) => name === device || name.startsWith(device.endsWith('/') ? device : `${device}/`));
}
