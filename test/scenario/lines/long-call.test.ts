import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../../support/figure.ts';
import { foundAt, spoken } from '../../support/line-audio.ts';
import { phoneSite, phoneSiteEnds } from '../../support/phone-site.ts';

/** As much drift as in half an hour at 100 ppm. */
const minutes = 6;
const drift = 500;

for (const ppm of [drift, -drift]) {
  test(`a call of ${minutes} minutes, the line's crystal ${ppm} ppm off: the delay at its end is that of its beginning, both ways`, async () => {
    const site = await phoneSite({ phone: { ppm } });
    site.office.call('305');
    await site.clock.advance(1000);
    site.hall.lift();
    await site.clock.advance(2000);
    const before = await delays(site);
    await site.clock.advance(minutes * 60_000);
    const after = await delays(site);
    figure(`delay to the line ${before.toLine} -> ${after.toLine} ms, from it ${before.fromLine} -> ${after.fromLine} ms at ${ppm} ppm`);
    assert.ok(Math.abs(after.toLine - before.toLine) <= 100 && after.toLine <= 200, `to the line: ${before.toLine}, then ${after.toLine} ms`);
    assert.ok(Math.abs(after.fromLine - before.fromLine) <= 60, `from the line: ${before.fromLine}, then ${after.fromLine} ms`);
    assert.is(site.office.end, null);
    site.hall.putDown();
    await site.clock.advance(1000);
    await phoneSiteEnds(site);
  });
}

/** From the mouth of one to the ear of the other, milliseconds. */
async function delays(site: Awaited<ReturnType<typeof phoneSite>>): Promise<{ toLine: number; fromLine: number }> {
  const said = spoken(1500, 700);
  await site.office.forget();
  site.hall.listen();
  site.hall.speak(said);
  site.office.speak(said);
  await site.clock.advance(2500);
  const [toLine, fromLine] = [foundAt(site.hall.heardCodes, said), foundAt(site.office.heard, said)];
  assert.ok(toLine >= 0 && fromLine >= 0, `heard bit for bit at ${toLine} and ${fromLine}`);
  return { toLine: Math.round(toLine / 8), fromLine: Math.round(fromLine / 8) };
}

test.run();
