// The network of an emulated board: a bridge with the board on one port and a machine of the test on the other, which hands out addresses.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NamespaceLan } from '../namespace-lan.ts';
import { Program } from '../peers/program.ts';

const lifeMs = 1_200_000;

export class BoardLan {
  /** What the test's machine is to the board. */
  readonly host = '10.9.0.1';
  /** The board's, by DHCP. */
  readonly board = '10.9.0.77';
  readonly #lan = new NamespaceLan(['host']);
  readonly #dhcp: Program;

  constructor() {
    const folder = mkdtempSync(path.join(tmpdir(), 'dhcp-'));
    const file = path.join(folder, 'udhcpd.conf');
    writeFileSync(file, [
      `start ${this.board}`, `end ${this.board}`, 'interface eth0', `lease_file ${folder}/leases`, `pidfile ${folder}/pid`, 'max_leases 1', 'min_lease 60',
      'option subnet 255.255.255.0', `option router ${this.host}`, `option dns ${this.host}`, 'option lease 3600', '',
    ].join('\n'));
    this.#dhcp = new Program('ip', ['netns', 'exec', this.namespace, 'busybox', 'udhcpd', '-f', file], { limitMs: lifeMs });
  }

  /** Of the test's machine. */
  get namespace(): string {
    return this.#lan.namespace('host');
  }

  /** The test's machine has this address too, given with its prefix length. */
  addAddress(address: string): void {
    this.#lan.ip('host', 'address', 'add', address, 'dev', 'eth0');
  }

  /** Words that go before those of the emulator: it runs beside the bridge. Its tap joins the bridge by itself. */
  get within(): string[] {
    return ['ip', 'netns', 'exec', this.#lan.namespace('switch')];
  }

  get words(): string[] {
    return ['-netdev', `tap,id=lan,ifname=board,script=${joinScript()},downscript=no`, '-device', 'virtio-net-pci,netdev=lan,mac=52:54:00:09:00:4d'];
  }

  async remove(): Promise<void> {
    await this.#dhcp.stop();
    this.#lan.remove();
  }
}

let script: string | null = null;

/** Run by the emulator with the tap's name. */
function joinScript(): string {
  if (script !== null) return script;
  script = path.join(mkdtempSync(path.join(tmpdir(), 'tap-')), 'join');
  writeFileSync(script, '#!/bin/sh\nip link set "$1" master bridge up\n', { mode: 0o755 });
  return script;
}
