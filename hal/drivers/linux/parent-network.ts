import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { NetworkPlan, NetworkSetUp } from '../../network-set-up.ts';
import { halError } from './errno.ts';
import { ParentChannel } from './parent-channel.ts';
import { textIn } from './text-in.ts';

export interface ParentNetworkPlaces {
  /** What the script `network` of the appliance reads, at each start too. */
  readonly file: string;
  /** Where it leaves the time servers that DHCP named. */
  readonly timeServers: string;
  readonly parent: string;
}

/** Writes the plan where the appliance's script finds it, and has the parent call that. */
export class ParentNetwork implements NetworkSetUp {
  readonly #places: ParentNetworkPlaces;

  constructor(places: ParentNetworkPlaces) {
    this.#places = places;
  }

  async apply(plan: NetworkPlan): Promise<void> {
    const { file, parent } = this.#places;
    const text = networkText(plan);
    if ((await readFile(file, 'utf8').catch(() => null)) !== text) await replaceDurably(file, text).catch((cause: unknown) => Promise.reject(halError(file, cause)));
    // Asked for even when the file is as it was: the script knows best whether the network is so too.
    const channel = new ParentChannel(parent);
    try {
      channel.tell('network');
    } finally {
      channel.close();
    }
  }

  async timeServers(): Promise<readonly string[]> {
    const text = await textIn(this.#places.timeServers);
    return (text ?? '').split(/\s+/).filter((name) => /^[0-9A-Za-z.:-]{1,253}$/.test(name)).slice(0, 4);
  }
}

/** KEY=value lines. Settings allow more than the script takes; what is unusual is refused by it, not run. */
export function networkText({ card, vlan, address, gateway, dns, ntp }: NetworkPlan): string {
  const facts: readonly (readonly [string, string | number | null])[] = [['method', address === null ? 'dhcp' : 'static'], ['card', card], ['vlan', vlan], ['address', address], ['gateway', gateway], ['dns', dns.join(' ')], ['ntp', ntp.join(' ')]];
  return facts.filter(([, value]) => value !== null && value !== '').map(([key, value]) => `${key}=${value}\n`).join('');
}

async function replaceDurably(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const fresh = await open(`${file}.new`, 'w', 0o600);
  try {
    await fresh.writeFile(text);
    await fresh.datasync();
  } finally {
    await fresh.close();
  }
  await rename(`${file}.new`, file);
  const folder = await open(dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
}
