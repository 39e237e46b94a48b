// Ports set aside for classes of calls: who gets the last ones, and what a call is told that gets none.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimSite, voice } from '../../support/sim-site.ts';
import { testConfiguration, testSettings } from '../../support/sim-unit.ts';

const speaking = { speak: voice(20_000), script: 's' };
/** Four ports: one for owners, one for recordings. */
const settings = testSettings(`${testConfiguration}
reservations: { mailboxAccess: 1, mandatoryVoiceRecording: 1 }
numbers: { collect: ['*17', '*95', '*96'], recording: ['*95'], mandatoryRecording: ['*96'] }
`);

async function withTwoCallers(run: (site: SimSite) => Promise<void>): Promise<void> {
  const site = await SimSite.start({ settings });
  const callers = Array.from({ length: 2 }, () => site.phone({ target: '201', ...speaking }));
  await site.clock.advance(3000);
  await run(site);
  for (const caller of callers) caller.hangUp();
  await site.during(Promise.all(callers.map((caller) => caller.end)));
  await site.clock.advance(500);
  assert.is(site.unit.calls.ports.inUse, 0);
  await site.stop();
}

const refusedWith = async (site: SimSite, target: string, status: string): Promise<void> => {
  const end = await site.during(site.phone({ target, ...speaking }).end);
  assert.is(end.answered, false, target);
  assert.match(end.text, status);
};

test('callers fill what is set aside for nobody; an owner still gets in, and a second one does not', () =>
  withTwoCallers(async (site) => {
    await refusedWith(site, '202', '503');
    const owner = site.phone({ target: '*17', script: 'w20' });
    await site.clock.advance(2000);
    assert.equal([site.unit.calls.ports.used.mailboxAccess, site.unit.calls.ports.inUse], [1, 3]);
    await refusedWith(site, '*17', '503');
    owner.hangUp();
    await site.during(owner.end);
    assert.equal([site.unit.calls.ports.refused.leave, site.unit.calls.ports.refused.mailboxAccess], [1, 1]);
  }));

test('without a port a recording is not to be had, and one that must be made is busy', () =>
  withTwoCallers(async (site) => {
    await refusedWith(site, '*95', '480');
    const recorded = site.phone({ target: '*96', script: 'w20' });
    await site.clock.advance(2000);
    assert.is(site.unit.calls.ports.used.mandatoryVoiceRecording, 1);
    await refusedWith(site, '*96', '486');
    recorded.hangUp();
    await site.during(recorded.end);
  }));

test.run();
