// Runs in the guest: the built unit with a trunk line and a telephone, an exchange, and sipp for the SIP side.
import { report, step } from '../support/dahdi-guest/guest-report.ts';
import { callerIdSound } from '../support/exchange/bell202.ts';
import { CentralOffice } from '../support/exchange/central-office.ts';
import { Exchange } from '../support/exchange/exchange.ts';
import { amplitudeOf, levelOf } from '../support/exchange/goertzel-ear.ts';
import { linearOf, sampled } from '../support/exchange/line-sound.ts';
import { Telephone } from '../support/exchange/telephone.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { shareHeard, speech } from '../support/peers/spoken.ts';
import { callWithTones } from '../support/peers/tone-caller.ts';

const exchange = new Exchange();
const office = exchange.add(new CentralOffice(1));
const telephone = exchange.add(new Telephone(3));
const [mailbox, phoneNumber] = ['201', '250'];
const linear = (codes: Uint8Array): Float64Array => Float64Array.from(codes, (code) => linearOf[code] as number);
const message = speech(1, 3000);
const sipSpeech = speech(2, 3000);
let unit!: RunningUnit;

await step('start', 90_000, async () => {
  unit = await RunningUnit.start({
    ports: 2,
    mailboxes: [mailbox],
    startLimitMs: 80_000,
    settings: {
      lines: [
        { name: 'trunk-1', device: 'dahdi:2', kind: 'trunk', zone: 'us', callerId: 'bell', echoTailMs: 0 }, // a canceller changes what is heard
        { name: 'phone-1', device: 'dahdi:4', kind: 'phone', zone: 'us', number: phoneNumber, echoTailMs: 0 },
      ],
      incoming: [{ name: 'all', mailbox }],
    },
  });
  await exchange.samples(office, 24_000);
  return unit.console('show lines');
});

/** The beep of the unit: 1000 Hz alone, which no greeting has for so long. */
async function beep(limitMs: number): Promise<void> {
  let blocks = 0;
  const listening = office.heard;
  office.heard = (block) => {
    listening(block);
    blocks = amplitudeOf(block, 1000) > 1.2 * levelOf(block) && levelOf(block) > 500 ? blocks + 1 : 0;
  };
  await exchange.until('the beep', () => blocks >= 10, limitMs);
  office.heard = listening;
}

await step('leave', 120_000, async () => {
  office.ring([1500, 2500]);
  await exchange.samples(office, 16_000);
  office.play(sampled(callerIdSound('5551234', 'ADA')));
  await exchange.until('the unit answers', () => office.lifted, 20_000);
  await beep(40_000);
  await exchange.samples(office, 4800);
  office.play(sampled(message));
  await exchange.until('all is said', () => !office.playing, 10_000);
  await exchange.samples(office, 16 * 160); // what the kernel still holds
  await exchange.samples(office, 4000);
  office.hangUp();
  const messages = await unit.messagesOnce(mailbox, 1, 30_000);
  const audio = await unit.audio((messages[0] as { id: string }).id);
  return { messages, share: shareHeard(message, audio), lines: await unit.console('show lines') };
});

await step('collect', 180_000, async () => {
  telephone.record();
  telephone.lift();
  await exchange.samples(telephone, 16_000);
  const dialTone = linear(telephone.takeRecording()).slice(8000);
  telephone.key('*17');
  await exchange.samples(telephone, 40_000);
  telephone.key(`${mailbox}#`); // no mailbox has the number of this port
  await exchange.samples(telephone, 32_000);
  telephone.record();
  telephone.key(`${unit.pin(mailbox)}#`);
  await exchange.samples(telephone, 25 * 8000);
  const heard = telephone.takeRecording();
  telephone.putDown();
  await exchange.samples(telephone, 24_000);
  return { dialTone: Math.max(...dialTone), share: shareHeard(message, linear(heard)), lines: await unit.console('show lines') };
});

await step('sip-to-telephone', 120_000, async () => {
  telephone.rings = 0;
  const call = callWithTones(phoneNumber, unit.sipPort, linear(sipSpeech));
  await exchange.until('the telephone rings', () => telephone.rings > 0, 20_000);
  telephone.record();
  telephone.lift();
  await exchange.samples(telephone, 5 * 8000);
  const heard = telephone.takeRecording();
  telephone.putDown();
  const { code, errors } = await call;
  return { code, errors, share: shareHeard(sipSpeech, linear(heard)) };
});

await step('stop', 30_000, async () => {
  const { code } = await unit.stop();
  return code;
});
report('log', unit.log.slice(-60));
exchange.close();
