// Runs in the guest: the kernel plays the tones of each zone on the exchange's side, our detector listens on the trunk line.
import { LinuxDahdiDevices } from '../../hal/drivers/dahdi/dahdi-device.ts';
import { DahdiDriver } from '../../hal/drivers/dahdi/dahdi-driver.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { ulawDecode } from '../../hal/g711.ts';
import { ToneDetector } from '../../firmware/media/detect/tone-detector.ts';
import type { ToneZone } from '../../firmware/media/detect/tone-zones.ts';
import { toneZones } from '../../firmware/media/detect/tone-zones.ts';
import { report, step } from '../support/dahdi-guest/guest-report.ts';
import { CentralOffice } from '../support/exchange/central-office.ts';
import { kernelTone } from '../support/exchange/dahdi-words.ts';
import { Exchange } from '../support/exchange/exchange.ts';
import { LineWatch } from '../support/exchange/line-watch.ts';

/** By the number of the zone in DAHDI's tonezone table. */
const zones = [['us', 0], ['fr', 2], ['uk', 4], ['jp', 7], ['it', 11], ['de', 29]] as const;
const tones = ['dial', 'busy', 'congestion', 'ringback'] as const;
/** So long is listened, in seconds: three periods, and one and the beginning of the second of ringback. */
const seconds = { dial: 5, busy: 4, congestion: 5, ringback: 9 };

interface Heard {
  readonly zone: string;
  readonly played: string;
  /** In order, without repetition. */
  readonly heard: (string | null)[];
  /** From its beginning until it was found. */
  readonly afterSamples: number;
}

const exchange = new Exchange();
const driver = new DahdiDriver(new LinuxClock(), new LinuxDahdiDevices());
const offices = [1, 2, 3, 4].map((channel) => exchange.add(new CentralOffice(channel)));
const office = offices[0] as CentralOffice;

async function open(): Promise<LineWatch[]> {
  const watches: LineWatch[] = [];
  for (const place of ['5', '6', '7', '8']) watches.push(new LineWatch(await driver.open({ name: place, kind: 'trunk', place, zone: 'us', options: {} })));
  await exchange.samples(office, 17_000);
  watches.forEach((watch) => watch.line.control.seize());
  await exchange.until('all seized', () => offices.every(({ lifted }) => lifted), 4000);
  return watches;
}

/** The exchange's side of one line plays. What came is looked at afterwards: the guest is too slow to do so meanwhile on all lines. */
async function play(at: CentralOffice, watch: LineWatch, number: number, played: (typeof tones)[number]): Promise<Uint8Array> {
  at.play(null);
  at.askNumber('SETTONEZONE', number);
  watch.record();
  at.askNumber('SENDTONE', kernelTone[played]);
  await exchange.samples(at, seconds[played] * 8000);
  at.askNumber('SENDTONE', kernelTone.stop);
  return watch.takeRecording();
}

function detect(zone: string, played: string, audio: Uint8Array): Heard {
  const detector = new ToneDetector(toneZones[zone] as ToneZone);
  detector.reset(played === 'dial');
  const heard: (string | null)[] = [];
  let afterSamples = 0;
  for (let at = 0; at + 160 <= audio.length; at += 160) {
    if (!detector.hear(audio.subarray(at, at + 160), ulawDecode)) continue;
    heard.push(detector.tone);
    afterSamples ||= at + 160;
  }
  return { zone, played, heard, afterSamples };
}

let watches: LineWatch[] = [];
await step('seized', 10_000, async () => (watches = await open()).length);
/** The kernel adds 400 and 16 Hz for Japan's ringback, where Japan modulates one with the other: that is another tone. */
const jobs = zones.flatMap(([zone, number]) => tones.map((played) => ({ zone, number, played }))).filter(({ zone, played }) => !(zone === 'jp' && played === 'ringback'));
const recorded: { zone: string; played: string; audio: Uint8Array }[] = [];
await step('recorded', 120_000, async () => {
  const worker = async (index: number): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const audio = await play(offices[index] as CentralOffice, watches[index] as LineWatch, job.number, job.played);
      recorded.push({ zone: job.zone, played: job.played, audio });
    }
  };
  await Promise.all(watches.map((_, index) => worker(index)));
  return recorded.length;
});
report('told', watches.flatMap(({ events }) => events.map(({ type }) => type)));
await Promise.all(watches.map(({ line }) => line.close()));
exchange.close();
await step('heard', 60_000, () => recorded.map(({ zone, played, audio }) => detect(zone, played, audio)));
