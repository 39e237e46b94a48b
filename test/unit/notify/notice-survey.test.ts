// What is looked at again and again, about messages that are to be told.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NoticeSurvey } from '../../../firmware/notify/notice-survey.ts';
import { HalError } from '../../../hal/errors.ts';
import { settle } from '../../../hal/sim/sim-clock.ts';
import { NotifyWorld } from '../../support/notify-world.ts';

interface Bench {
  readonly survey: NoticeSurvey;
  readonly looks: string[];
  readonly marks: Map<string, string>;
  readonly bad: Set<string>;
  /** Ends the look that is under way. */
  readonly held: (() => void)[];
  holds: boolean;
  runs: boolean;
}

function bench(numbers: readonly string[] = ['201', '202', '203']): Bench {
  const [looks, marks, bad, held] = [[] as string[], new Map(numbers.map((number) => [number, '1'])), new Set<string>(), [] as (() => void)[]];
  const world: Bench = {
    looks, marks, bad, held, holds: false, runs: true,
    survey: new NoticeSurvey({
      mailboxes: () => [...marks.keys()], markOf: (mailbox) => marks.get(mailbox) ?? '', running: () => world.runs,
      look: async (mailbox) => {
        looks.push(mailbox);
        if (world.holds) await new Promise<void>((resolve) => held.push(resolve));
        if (bad.has(mailbox)) throw new HalError('io', `mailboxes/${mailbox}`, 'the medium failed');
      },
    }),
  };
  return world;
}

const failureOf = (work: Promise<void>): Promise<unknown> => work.then(() => null, (error: unknown) => error);

test('what has not changed is not looked at again, but when all is asked for', async () => {
  const { survey, looks, marks } = bench();
  await survey.all();
  await survey.changed();
  assert.equal(looks.splice(0), ['201', '202', '203']);
  marks.set('202', '2');
  await survey.changed();
  assert.equal(looks.splice(0), ['202']);
  await survey.all();
  assert.equal(looks, ['201', '202', '203']);
});

test('one that fails keeps none from its turn, is named, and is looked at again', async () => {
  const { survey, looks, bad } = bench();
  bad.add('201');
  const failure = await failureOf(survey.all());
  assert.ok(failure instanceof HalError && failure.id === 'io' && failure.message.includes('mailbox 201'), String(failure));
  assert.equal(looks.splice(0), ['201', '202', '203']);
  await failureOf(survey.changed());
  bad.clear();
  assert.is(await failureOf(survey.changed()), null);
  await survey.changed();
  assert.equal(looks, ['201', '201']);
});

test('who asks while it is under way gets one more round, however many ask', async () => {
  const world = bench(['201', '202']);
  world.holds = true;
  const all = [world.survey.all(), world.survey.changed(), world.survey.all(), world.survey.all()];
  assert.is(new Set(all).size, 1);
  for (let turn = 0; turn < 10; turn++) {
    await settle();
    world.held.shift()?.();
  }
  await Promise.all(all);
  assert.equal(world.looks, ['201', '202', '201'], '202 was not looked at yet when all was asked for again');
});

test('a look that failed counts, also when an earlier one comes to its end behind it', async () => {
  const world = bench(['201']);
  world.holds = true;
  const [first, second] = [world.survey.one('201'), failureOf(world.survey.one('201'))];
  await settle();
  world.bad.add('201');
  world.held[1]?.();
  assert.ok((await second) instanceof HalError);
  world.bad.clear();
  world.held[0]?.();
  await first;
  world.holds = false;
  await world.survey.changed();
  assert.is(world.looks.length, 3);
});

test('a unit that stops looks at nothing more, and mailboxes that went are forgotten', async () => {
  const world = bench();
  await world.survey.all();
  world.marks.delete('203');
  await world.survey.changed();
  world.marks.set('203', '1');
  await world.survey.changed();
  assert.equal(world.looks.splice(0), ['201', '202', '203', '203']);
  world.runs = false;
  await world.survey.all();
  assert.equal(world.looks, []);
});

test('five minutes in which nothing happens ask for no messages; each message is fetched once for all ways', async () => {
  const world = await NotifyWorld.start();
  const asked: string[] = [];
  const { messages } = world.store;
  world.store.messages = (mailbox, withDeleted) => (asked.push(mailbox), messages.call(world.store, mailbox, withDeleted));
  await world.desk.setOutcalling('202', { on: true, escalation: ['desk'] });
  await world.desk.setCallback('202', { callback: '01701234' });
  await world.clock.advance(60 * 60_000);
  asked.length = 0;
  await world.clock.advance(60 * 60_000);
  assert.equal(asked, []);
  world.desk.storeChanged('202');
  await settle();
  assert.equal(asked, ['202']);
  await world.stop();
});

test('a mailbox that cannot be read keeps no other from being told', async () => {
  const world = await NotifyWorld.start();
  const { messages } = world.store;
  await world.desk.records.choose('201', { email: 'copy' });
  await world.clock.advance(1000);
  let works = false;
  world.store.messages = (mailbox, withDeleted) => (works ? messages.call(world.store, mailbox, withDeleted) : Promise.reject(new HalError('io', `mailboxes/${mailbox}`, 'the medium failed')));
  await world.message('201');
  await world.message('202');
  works = true;
  const only = (mailbox: string, withDeleted?: boolean) => (mailbox === '201' ? Promise.reject(new HalError('io', 'mailboxes/201', 'the medium failed')) : messages.call(world.store, mailbox, withDeleted));
  world.store.messages = only;
  await world.clock.advance(6 * 60_000);
  assert.equal(world.mail.taken.map(({ to }) => to), ['ben@example.org']);
  assert.ok(world.log.events.some(({ event, text }) => event === 'notice-failed' && text.includes('mailbox 201')));
  world.store.messages = messages;
  await world.clock.advance(6 * 60_000);
  assert.equal(world.mail.taken.map(({ to }) => to), ['ben@example.org', 'ada@example.org']);
  await world.stop();
});

test.run();
