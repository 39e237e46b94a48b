import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { answeredLine, happens, knownSamples, modemWorld, openLine, placeOf, settled, trunk } from '../support/v253-world.ts';

const alice = { number: '5551234', name: 'ALICE', absent: null } as const;

for (const duplex of ['full', 'half'] as const) {
  test(`v253 ${duplex} duplex: a call is answered, greeted, recorded, and its keys and its end are told`, async () => {
    const world = await modemWorld();
    const { clock, exchange } = world;
    const holder = await openLine(world, { duplex });
    const { line } = holder;
    assert.equal([line.capabilities.duplex, line.capabilities.law], [duplex, 'PCMU']);
    exchange.ring({ callerId: alice });
    await happens(clock, holder, 'caller-id');
    assert.equal(holder.events.at(-1), { type: 'caller-id', callerId: alice, sample: 0 });
    line.control.seize();
    await happens(clock, holder, 'off-hook');
    assert.is(exchange.state, 'up');

    const greeting = knownSamples('PCMU', 8000, 11);
    holder.say(greeting);
    await clock.until(() => placeOf(exchange.heard, greeting) >= 0, 10_000, 200);
    assert.ok(placeOf(exchange.heard, greeting) >= 0, 'the greeting came out sample for sample');

    await clock.advance(1000);
    const message = knownSamples('PCMU', 16_000, 12);
    exchange.speak(message);
    await clock.advance(2500);
    assert.ok(placeOf(holder.heard, message) >= 0, 'the message was heard sample for sample');

    exchange.press('159#0*D');
    await clock.advance(2000);
    assert.is(holder.digits(), '159#0*D');

    exchange.hangUp('busy');
    await happens(clock, holder, 'disconnect');
    assert.ok(holder.events.some((event) => event.type === 'tone' && event.tone === 'busy'));
    line.control.release();
    await happens(clock, holder, 'on-hook');
    assert.equal([exchange.state, world.modem.offHook], ['idle', false]);
    assert.not(holder.has('underrun') || holder.has('overrun') || holder.has('alarm'), holder.types().join());
    await settled(clock, line.close());
    world.unplug();
    assert.equal(clock.pending(), []);
  });
}

test('v253: the sample count is that of the frames, and of events between them', async () => {
  const world = await modemWorld();
  const holder = await answeredLine(world);
  world.exchange.press('5');
  await world.clock.advance(500);
  holder.counts.forEach((count, at) => assert.is(count, at * 160));
  const digit = holder.events.find(({ type }) => type === 'digit');
  assert.ok(digit !== undefined && digit.sample > 8000 && digit.sample < 160 * holder.frames.length, `${digit?.sample}`);
});

for (const [profile, options, law] of [
  ['v253', {}, 'PCMU'],
  ['tagged', {}, 'PCMU'],
  ['usr5637', {}, 'PCMU'],
  ['usr5637', { law: 'PCMA', duplex: 'half' }, 'PCMA'],
  ['cx93010', {}, 'PCMU'],
  ['cx93010', { duplex: 'half' }, 'PCMU'],
] as const) {
  test(`v253: a ${profile} modem with ${JSON.stringify(options)} is set up, called with a number, heard and left`, async () => {
    const world = await modemWorld({ profile });
    const { clock, exchange } = world;
    const holder = await openLine(world, options);
    assert.is(holder.law, law);
    exchange.ring({ callerId: alice });
    await happens(clock, holder, 'caller-id');
    holder.line.control.seize();
    await happens(clock, holder, 'off-hook');
    await clock.advance(1500);
    exchange.press('12');
    // A pause in speech stays in what is heard: silence is not cut out.
    const frames = holder.frames.length;
    await clock.advance(5000);
    assert.ok(Math.abs(holder.frames.length - frames - 250) <= 2, `${holder.frames.length - frames} frames in 5 s`);
    assert.is(holder.digits(), '12');
    holder.line.control.release();
    await happens(clock, holder, 'on-hook');
    await settled(clock, holder.line.close());
  });
}

test('v253: a call is dialled, tones follow it, and each is told when it is done', async () => {
  const world = await modemWorld();
  const { clock, exchange } = world;
  const holder = await openLine(world);
  holder.line.control.seize();
  await happens(clock, holder, 'off-hook');
  await clock.until(() => exchange.state === 'calling', 1000);
  await clock.advance(1000);
  holder.line.control.dial('5559876', 'tone');
  await happens(clock, holder, 'dialled');
  assert.is(exchange.dialled, '5559876');
  exchange.answer();
  const frames = holder.frames.length;
  holder.line.control.dial('1,2#', 'tone');
  await clock.until(() => holder.types().filter((type) => type === 'dialled').length === 2, 10_000);
  assert.is(exchange.keys, '12#');
  assert.ok(holder.frames.length > frames + 25, 'the clock goes on while it dials');
  await clock.advance(500);
  const message = knownSamples('PCMU', 4000, 3);
  exchange.speak(message);
  await clock.advance(1500);
  assert.ok(placeOf(holder.heard, message) >= 0);
  assert.not(holder.has('disconnect'));
  holder.line.control.flash();
  await clock.advance(2000);
  assert.is(exchange.flashes, 1);
  assert.not(holder.has('alarm'), holder.types().join());
});

test('v253: full duplex passes both ways at once, sample for sample, whatever the modem\'s crystal', async () => {
  for (const ppm of [-200, 0, 200]) {
    const world = await modemWorld({ ppm });
    const holder = await answeredLine(world);
    const [said, spoken] = [knownSamples('PCMU', 80_000, 21), knownSamples('PCMU', 80_000, 22)];
    holder.say(said);
    world.exchange.speak(spoken);
    await world.clock.advance(12_000);
    assert.ok(placeOf(world.exchange.heard, said) >= 0, `${ppm} ppm: sent`);
    assert.ok(placeOf(holder.heard, spoken) >= 0, `${ppm} ppm: heard`);
    assert.not(holder.has('underrun') || holder.has('overrun'), `${ppm} ppm: ${holder.types().join()}`);
  }
});

test('v253: sixteen bits and A-law, where the line carries them', async () => {
  const { modemProfiles } = await import('../support/modem/modem-profile.ts');
  for (const [number, format, law] of [[132, 's16', 'PCMU'], [132, 's16', 'PCMA'], [5, 'a', 'PCMA']] as const) {
    const profile = { ...modemProfiles.v253, samples: modemProfiles.v253.samples.filter((mode) => mode.number === number) };
    const world = await modemWorld({ profile }, 230_400);
    const holder = await answeredLine(world, { baud: '230400', law });
    assert.is(holder.law, law);
    const message = knownSamples(law, 8000, 5);
    world.exchange.speak(message);
    holder.say(message);
    await world.clock.advance(2500);
    assert.ok(placeOf(holder.heard, message) >= 0, `${format} ${law}: heard`);
    assert.ok(placeOf(world.exchange.heard, message) >= 0, `${format} ${law}: sent`);
  }
});

test('v253: what it cannot do is refused in words', async () => {
  const { driver, clock } = await modemWorld();
  const refusal = (options: Record<string, string>, kind: 'trunk' | 'phone' = 'trunk', place?: string) => settled(clock, driver.open({ ...trunk(options, place), kind })).then(() => 'opened', (error: Error & { id: string }) => `${error.id} ${error.message}`);
  assert.match(await refusal({}, 'phone'), /^unsupported .*no port/);
  assert.match(await refusal({ colour: 'red' }), /^unsupported .*no option colour .*profile, duplex/);
  assert.match(await refusal({ duplex: 'both' }), /^unsupported .*full, half/);
  assert.match(await refusal({ profile: 'hayes' }), /^unsupported .*no modem profile hayes/);
  assert.match(await refusal({}, 'trunk', '/dev/none'), /^not-found /);
  assert.match(await refusal({}), /^opened/);
});

test('v253: twenty calls one after another, at any moments, leave nothing behind', async () => {
  const world = await modemWorld({ seed: 4 });
  const { clock, exchange } = world;
  const random = new SimRandom(77);
  const holder = await openLine(world, { duplex: 'half' });
  for (let call = 0; call < 20; call++) {
    holder.events.length = 0;
    exchange.ring();
    await happens(clock, holder, 'ring-started');
    holder.line.control.seize();
    if (random.chance(0.5)) holder.say(knownSamples('PCMU', 160 * random.below(60), call));
    await clock.advance(random.below(3000));
    holder.line.control.release();
    await happens(clock, holder, 'on-hook');
    await clock.until(() => !holder.saying || exchange.state === 'idle', 100);
    assert.is(exchange.state, 'idle', `call ${call}`);
    assert.not(holder.has('alarm'), `call ${call}: ${holder.types().join()}`);
    await clock.advance(1000);
  }
});

test.run();
