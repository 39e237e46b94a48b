// A small LAN of network namespaces, each one machine of it, joined by a bridge in a namespace of its own:
//
//   left: eth0 --- left \
//   right: eth0 -- right  bridge (namespace "switch")
//   third: eth0 -- third /
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Need } from './skip.ts';

const prefix = 'understudy-test';
const card = 'eth0';

/** Root in a container may often not make them. */
export const networkNamespaces: Need = {
  missing() {
    const probe = `${prefix}-${process.pid}-probe`;
    if (spawnSync('ip', ['-V']).error !== undefined) return 'ip is not installed (Debian package iproute2)';
    const made = spawnSync('ip', ['netns', 'add', probe]).status === 0;
    const joined = made && spawnSync('ip', ['-n', probe, 'link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'two']).status === 0;
    if (made) spawnSync('ip', ['netns', 'delete', probe]);
    return joined ? undefined : 'may not make network namespaces here';
  },
};

export class NamespaceLan {
  readonly #names: readonly string[];
  readonly #atExit = (): void => this.remove();

  /** Machine n of `names` gets 10.9.0.n/24 and fd00:9::n/64, counted from 1. Throws when the machine does not permit it. */
  constructor(names: readonly string[]) {
    this.#names = names;
    removeLeftOvers();
    process.on('exit', this.#atExit);
    for (const name of [...names, 'switch']) ip('netns', 'add', this.namespace(name));
    this.#on('switch', 'link', 'add', 'bridge', 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0', 'mcast_snooping', '0');
    this.#on('switch', 'link', 'set', 'bridge', 'up');
    for (const name of names) this.#connect(name);
  }

  namespace(name: string): string {
    return `${prefix}-${process.pid}-${name}`;
  }

  ipv4(name: string): string {
    return `10.9.0.${this.#names.indexOf(name) + 1}`;
  }

  ipv6(name: string): string {
    return `fd00:9::${this.#names.indexOf(name) + 1}`;
  }

  /** Runs `ip` as the machine sees its network; returns what it printed. */
  ip(name: string, ...args: string[]): string {
    return this.#on(name, ...args);
  }

  setting(name: string, key: string, value: string): void {
    execFileSync('ip', ['netns', 'exec', this.namespace(name), 'sysctl', '-q', '-w', `${key}=${value}`]);
  }

  hardwareAddress(name: string): string {
    return /link\/ether ([0-9a-f:]+)/.exec(this.#on(name, 'link', 'show', 'dev', card))?.[1] ?? 'none';
  }

  pull(name: string): void {
    this.#on('switch', 'link', 'set', name, 'down');
  }

  plug(name: string): void {
    this.#on('switch', 'link', 'set', name, 'up');
  }

  /** What a machine sends by one of its devices goes over a line of so many kbit/s, which keeps what does not fit for up to 400 ms. */
  shape(name: string, device: string, kbps: number): void {
    execFileSync('tc', ['-n', this.namespace(name), 'qdisc', 'add', 'dev', device, 'root', 'tbf', 'rate', `${kbps}kbit`, 'burst', '1600', 'latency', '400ms']);
  }

  /** These machines hear all others and not each other, or do again. */
  separate(names: readonly string[], apart: boolean): void {
    for (const name of names) this.#on('switch', 'link', 'set', 'dev', name, 'type', 'bridge_slave', 'isolated', apart ? 'on' : 'off');
  }

  takeCardAway(name: string): void {
    this.#on(name, 'link', 'delete', card);
  }

  bringCardBack(name: string): void {
    this.#wire(name);
  }

  remove(): void {
    process.off('exit', this.#atExit);
    for (const name of [...this.#names, 'switch']) spawnSync('ip', ['netns', 'delete', this.namespace(name)]);
  }

  #connect(name: string): void {
    // A new namespace takes IPv4 settings over from the machine it is made on.
    for (const key of ['net.ipv4.ip_forward', 'net.ipv4.conf.all.promote_secondaries', 'net.ipv4.conf.default.promote_secondaries']) this.setting(name, key, '0');
    this.#on(name, 'link', 'set', 'lo', 'up');
    this.#wire(name);
  }

  #wire(name: string): void {
    this.#on('switch', 'link', 'add', name, 'type', 'veth', 'peer', 'name', card, 'netns', this.namespace(name));
    this.#on('switch', 'link', 'set', name, 'master', 'bridge', 'up');
    this.#on(name, 'address', 'add', `${this.ipv4(name)}/24`, 'dev', card);
    this.#on(name, 'link', 'set', card, 'up');
    if (existsSync('/proc/sys/net/ipv6')) this.#on(name, 'address', 'add', `${this.ipv6(name)}/64`, 'dev', card, 'nodad');
  }

  #on(name: string, ...args: string[]): string {
    return ip('-n', this.namespace(name), ...args);
  }
}

/** Of test runs that were killed. */
function removeLeftOvers(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const [, name, pid] = /^(understudy-test-(\d+)-\w+)/.exec(line) ?? [];
    if (name !== undefined && !existsSync(`/proc/${pid}`)) spawnSync('ip', ['netns', 'delete', name]);
  }
}

function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'latin1', stdio: ['ignore', 'pipe', 'pipe'] });
}
