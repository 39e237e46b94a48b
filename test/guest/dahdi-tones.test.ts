// Our tone detector against tones that somebody else made: DAHDI's kernel, from the zones of libtonezone, over the trunk line's driver.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dahdiGuest, endGuests, runInGuest } from '../support/dahdi-guest/dahdi-guest.ts';
import type { GuestRun } from '../support/dahdi-guest/guest-run.ts';
import { figure } from '../support/figure.ts';
import { testWith } from '../support/skip.ts';

interface Heard {
  readonly zone: string;
  readonly played: string;
  readonly heard: (string | null)[];
  readonly afterSamples: number;
}

let booted: Promise<GuestRun> | null = null;
const guest = (): Promise<GuestRun> =>
  (booted ??= runInGuest({ child: 'test/guest/dahdi-tones.child.ts', spans: { pairs: 4, first: 'fxoks', zones: ['us', 'fr', 'uk', 'jp', 'it', 'de'] }, limitS: 380 }));

/** Where a zone writes two tones alike, the first is told. */
const alike: Readonly<Record<string, string>> = { 'jp congestion': 'busy' };

for (const played of ['dial', 'busy', 'congestion', 'ringback']) {
  testWith(dahdiGuest, `${played} tone of each country is found for what it is`, async () => {
    const all = (await guest()).value<Heard[]>('heard').filter((each) => each.played === played);
    assert.equal(all.map(({ zone }) => zone).sort(), ['de', 'fr', 'it', ...(played === 'ringback' ? [] : ['jp']), 'uk', 'us']);
    // A tone with long pauses comes and goes; no other may come.
    const found = all.map(({ zone, heard }) => `${zone} ${[...new Set(heard.filter((tone) => tone !== null))].join(' ')}`).sort();
    assert.equal(found, all.map(({ zone }) => `${zone} ${alike[`${zone} ${played}`] ?? played}`).sort());
    figure(`${played} found after ${Math.min(...all.map(({ afterSamples }) => afterSamples / 8))} to ${Math.max(...all.map(({ afterSamples }) => afterSamples / 8))} ms`);
  });
}

testWith(dahdiGuest, 'four lines stayed up under it', async () => {
  const run = await guest();
  assert.is(run.value('seized'), 4);
  assert.is(run.value('recorded'), 23);
  assert.equal(run.value('told'), ['off-hook', 'off-hook', 'off-hook', 'off-hook']);
  run.mustHaveEnded();
  figure(`from power-on to power-off ${(run.tookMs / 1000).toFixed(0)} s`);
});

test.after(endGuests);
test.run();
