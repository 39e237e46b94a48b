// Scenario 2: a PBX and a unit at each of two sites. Kamailio is the PBX, sipp the caller, each machine a network namespace.
import * as assert from 'uvu/assert';
import type { SampleChoices } from '../../../firmware/config/sample.ts';
import { KamailioPbx, unitUser } from './kamailio-pbx.ts';
import { endKamailios } from './kamailio-process.ts';
import { endPrograms } from './program.ts';
import type { RunningUnit } from './running-unit.ts';
import { sipp } from './sipp.ts';
import type { PairChoices, Rank } from './unit-pair.ts';
import { PairOfUnits } from './unit-pair.ts';

export const returnSec = 3;
/** Whom `reaches` calls, and nobody else. */
const asked = '201';

const peer = (name: string, address: string, more: object = {}): NonNullable<SampleChoices['peers']>[number] => ({
  name, addresses: [address], host: address, lamps: 'none', register: { user: unitUser, password: 'none', expiresSec: 600 }, ...more,
});

export class TwoSites {
  readonly pair: PairOfUnits;
  readonly a: KamailioPbx;
  readonly b: KamailioPbx;

  private constructor(pair: PairOfUnits, a: KamailioPbx, b: KamailioPbx) {
    this.pair = pair;
    this.a = a;
    this.b = b;
  }

  /** Resolves when the primary serves and the backup stands by. */
  static async open(choices: PairChoices = {}): Promise<TwoSites> {
    const pbxs: KamailioPbx[] = [];
    const pair = await PairOfUnits.start({
      machines: ['pbxa', 'pbxb'],
      sip: { returnSec },
      peers: (lan) => [peer('a', lan.ipv4('pbxa')), peer('b', lan.ipv4('pbxb'), { backupOf: 'a' })],
      before: async (lan) => {
        for (const name of ['pbxa', 'pbxb']) pbxs.push(new KamailioPbx({ address: lan.ipv4(name), port: 5060, namespace: lan.namespace(name) }));
        await Promise.all(pbxs.map((pbx) => pbx.start()));
      },
      ...choices,
    });
    const [a, b] = pbxs as [KamailioPbx, KamailioPbx];
    return new TwoSites(pair, a, b);
  }

  /** A call through the PBX is answered, by this unit. */
  async reaches(pbx: KamailioPbx, rank: Rank): Promise<void> {
    const { lan } = this.pair;
    // Not those of others who call meanwhile, or have called just now.
    const calls = (): number => this.pair.unit(rank).logged('call-offered').filter((line) => line.includes(` for ${asked}: `)).length;
    const offered = calls();
    const end = await sipp({
      scenario: 'through-pbx', values: { number: asked, withinMs: 2000, talksMs: 700 }, more: [`${pbx.address}:${pbx.port}`], limitMs: 15_000,
      address: lan.ipv4('callers'), namespace: lan.namespace('callers'),
    });
    assert.ok(end.code === 0 && end.successful === 1, `a call through ${pbx.address} was not answered\n${end.errors.slice(0, 2000)}`);
    assert.is(calls(), offered + 1, `the ${rank} was not called`);
  }

  async close(): Promise<void> {
    await this.pair.backup.stop();
    // While the first process of each is there to name the others.
    endKamailios();
    endPrograms();
    this.pair.lan.remove();
  }
}

/** Real time until the unit has registered there once more. */
export async function registersAt(unit: RunningUnit, where: string, limitMs: number, before = unit.logged('registered').length): Promise<number> {
  const began = performance.now();
  await unit.waitForLog('registered', before + 1, limitMs);
  assert.match(unit.logged('registered').at(-1) ?? '', new RegExp(`Registered at ${where} `));
  return performance.now() - began;
}
