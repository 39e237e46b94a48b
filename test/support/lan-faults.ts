import { spawnSync } from 'node:child_process';
import type { NamespaceLan } from './namespace-lan.ts';
import type { Need } from './skip.ts';
import { command } from './skip.ts';

const chain = 'bridge faults forward';

/** nft, and a kernel that filters on a bridge. */
export const lanFaults: Need = {
  missing() {
    const absent = command('nft', 'nftables').missing();
    if (absent !== undefined) return absent;
    const tried = spawnSync('unshare', ['-n', 'nft', 'add table bridge probe; add chain bridge probe one { type filter hook forward priority 0; }; add rule bridge probe one numgen random mod 100 < 5 drop']);
    return tried.status === 0 ? undefined : 'nft may not filter on a bridge here';
  },
};

/** What a switch does wrong between machines that stay plugged in: no carrier tells of it. IP and ARP are lost alike. */
export class LanFaults {
  readonly #lan: NamespaceLan;

  constructor(lan: NamespaceLan) {
    this.#lan = lan;
    this.#nft(`add table bridge faults; add chain ${chain} { type filter hook forward priority 0; }`);
  }

  /** Nothing gets from one machine to the other. */
  cutOneWay(from: string, to: string): void {
    this.#drop(from, to, '');
  }

  cut(one: string, other: string): void {
    this.cutOneWay(one, other);
    this.cutOneWay(other, one);
  }

  /** Every machine of one side from every one of the other. */
  part(one: readonly string[], other: readonly string[]): void {
    for (const here of one) for (const there of other) this.cut(here, there);
  }

  /** Each packet is lost by chance, both ways. */
  lose(one: string, other: string, percent: number): void {
    for (const [from, to] of [[one, other], [other, one]] as const) this.#drop(from, to, `numgen random mod 100 < ${percent}`);
  }

  heal(): void {
    this.#nft(`flush chain ${chain}`);
  }

  /** Packets that were lost so far, of the rules that are in force. */
  get lost(): number {
    return [...this.#nft(`list chain ${chain}`).matchAll(/counter packets (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  #drop(from: string, to: string, when: string): void {
    this.#nft(`add rule ${chain} iifname "${from}" oifname "${to}" ${when} counter drop`);
  }

  #nft(text: string): string {
    const { status, stdout, stderr } = spawnSync('ip', ['netns', 'exec', this.#lan.namespace('switch'), 'nft', text], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`nft ${text}: ${stderr}`);
    return stdout;
  }
}
