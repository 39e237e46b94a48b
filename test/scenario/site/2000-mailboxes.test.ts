import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../../support/figure.ts';
import type { Chunks } from '../../../firmware/site/blob-store.ts';
import type { Value } from '../../../firmware/site/manifest.ts';
import { encodeSigned } from '../../../firmware/site/signed-manifest.ts';
import type { Prepared, SiteSource } from '../../../firmware/site/site-source.ts';
import { gathered, oneChunk } from '../../../firmware/site/site-source.ts';
import type { SyncedUnit } from '../../support/site/site-world.ts';
import { SiteWorld } from '../../support/site/site-world.ts';

/** Owners and greetings in memory: 2,000 recordings on a simulated disk would take the time of the test and show nothing more. */
class MemorySource implements SiteSource {
  changed: ((name: string) => void) | null = null;
  readonly held = new Map<string, string>();

  owns(name: string): boolean {
    return /^(owner|greeting)\//.test(name);
  }

  names(): readonly string[] {
    return [...this.held.keys()];
  }

  async is(name: string, value: Value): Promise<boolean> {
    return createHash('sha256').update(this.held.get(name) ?? '').digest('hex') === value.sha256;
  }

  read(name: string): Chunks | null {
    const text = this.held.get(name);
    return text === undefined ? null : oneChunk(Buffer.from(text));
  }

  async prepare(name: string, content: Chunks | null): Promise<Prepared> {
    const text = content === null ? null : String(await gathered(content, 10_000));
    return { commit: async () => this.put(name, text), discard: async () => undefined };
  }

  put(name: string, text: string | null): void {
    if (text === null) this.held.delete(name);
    else this.held.set(name, text);
    this.changed?.(name);
  }
}

async function start(one: SyncedUnit): Promise<MemorySource> {
  const source = new MemorySource();
  // The simulated disk counts all its files to answer this.
  one.storage.space = async () => ({ freeBytes: 2 ** 29, totalBytes: 2 ** 30 });
  await one.start({ state: { sources: [source] } });
  return source;
}

test('2,000-mailboxes: with greeting, name and PIN all of them go over; a changed PIN after that costs a difference, not a megabyte', async () => {
  const world = new SiteWorld({ kbps: 100_000 });
  const here = await start(world.a);
  for (let mailbox = 4000; mailbox < 6000; mailbox++) {
    for (const name of [`owner/${mailbox}`, `greeting/${mailbox}/greeting`, `greeting/${mailbox}/name`]) here.put(name, `${name} ${'x'.repeat(200)}`);
  }
  await world.a.site.state.seed();
  const signed = world.a.site.state.current;
  assert.is(Object.keys(signed?.manifest.entries ?? {}).length, 6000);
  const manifestBytes = signed === null ? 0 : encodeSigned(signed).length;
  const there = await start(world.b);
  await world.clock.advance(500);
  assert.ok(await world.untilInStep(600_000, 1000));
  assert.equal([...there.held].sort(), [...here.held].sort());
  assert.ok(manifestBytes > 700_000 && manifestBytes < 1_500_000);
  world.kbps = 64;
  const began = performance.now();
  here.put('owner/4999', 'another PIN');
  const beganMs = world.clock.monotonic();
  assert.ok(await world.clock.until(() => there.held.get('owner/4999') === 'another PIN', 3000, 50), 'within 3 s at 64 kbit/s: all of the manifest would take 2 minutes');
  figure(`manifest of ${manifestBytes} bytes; a changed PIN is on both after ${world.clock.monotonic() - beganMs} ms of the line and ${Math.round(performance.now() - began)} ms of this machine`);
  assert.ok(await world.untilInStep(5000));
  await world.stop();
});

test.run();
