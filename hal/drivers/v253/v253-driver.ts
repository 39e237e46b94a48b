import type { Clock } from '../../clock.ts';
import { HalError } from '../../errors.ts';
import type { Line, LineDriver, LineLaw, LineRequest } from '../../line.ts';
import { plainSerial, type SerialPorts } from '../../serial.ts';
import { ModemLink } from './modem-link.ts';
import { ModemSession } from './modem-session.ts';
import { learnModem, type ModemFacts, type ModemWishes, readyModem, wakeModem } from './modem-setup.ts';
import { lawOf, SampleFormat } from './sample-format.ts';
import { V253Line } from './v253-line.ts';

/** Options of a line, beside which there are none; README.md tells what each is for. */
const options: Readonly<Record<string, RegExp>> = {
  profile: /^[a-z0-9]+$/,
  duplex: /^(full|half)$/,
  baud: /^(57600|115200|230400|460800|921600)$/,
  law: /^PCM[UA]$/,
  country: /^[0-9A-Fa-f]{2}$/,
  answerReversal: /^(yes|no)$/,
};
const usualBaud = 115_200;

/** Voice modems with the commands of ITU-T V.253, each a trunk line. */
export class V253Driver implements LineDriver {
  readonly name = 'v253';
  readonly #ports: SerialPorts;
  readonly #clock: Clock;
  /** Places whose modem promised full duplex and refused it. */
  readonly #half = new Set<string>();

  constructor(ports: SerialPorts, clock: Clock) {
    this.#ports = ports;
    this.#clock = clock;
  }

  async open(request: LineRequest): Promise<Line> {
    const { place, kind } = request;
    if (kind !== 'trunk') throw new HalError('unsupported', place, 'a voice modem is a telephone to its line: it has no port for one');
    checkOptions(request);
    const baud = Number(request.options['baud'] ?? usualBaud);
    const link = new ModemLink(this.#ports, place, { ...plainSerial(baud), flow: 'hardware' }, this.#clock);
    await link.open();
    try {
      return this.#line(request, link, await setUp(link, this.#wishes(request, baud)));
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  #wishes({ place, options: { profile, duplex, country } }: LineRequest, baud: number): ModemWishes {
    const wished = duplex ?? (this.#half.has(place) ? 'half' : null);
    // What a USB modem calls its rate is only a number.
    return { place, profile: profile ?? null, duplex: wished as ModemWishes['duplex'], baud: /usb|ttyACM/i.test(place) ? null : baud, country: country ?? null };
  }

  #line({ place, options: { law = 'PCMU', answerReversal } }: LineRequest, link: ModemLink, facts: ModemFacts): Line {
    const { coding } = facts.format;
    const format = new SampleFormat(coding, lawOf(coding, law as LineLaw));
    return new V253Line({ clock: this.#clock, link, facts, format, place, answerReversal: answerReversal === 'yes', refusesDuplex: () => void this.#half.add(place) });
  }
}

/** The ladder's first rungs: as it is, then opened anew. Errors: as `LineDriver.open`. */
async function setUp(link: ModemLink, wishes: ModemWishes): Promise<ModemFacts> {
  const modem = new ModemSession(link);
  try {
    await wakeModem(modem, wishes.place);
  } catch {
    await modem.reopen();
    await wakeModem(modem, wishes.place);
  }
  const facts = await learnModem(modem, wishes);
  await readyModem(modem, facts, wishes.place);
  return facts;
}

function checkOptions({ name, options: given }: LineRequest): void {
  for (const [key, value] of Object.entries(given)) {
    const allowed = Object.hasOwn(options, key) ? options[key] : undefined;
    if (allowed === undefined) throw new HalError('unsupported', name, `no option ${key} of a voice modem; there are: ${Object.keys(options).join(', ')}`);
    if (!allowed.test(value)) throw new HalError('unsupported', name, `${key}: ${value} is none of ${allowed.source.replace(/^\^\(?|\)?\$$/g, '').replaceAll('|', ', ')}`);
  }
}
