import type { SampleCoding } from './sample-format.ts';
import { formatPreference, type VoiceFormat } from './voice-format.ts';

/** What is particular to a kind of modem. All of it is data, so that a new kind is an entry in the table below. */
export interface ModemProfile {
  readonly name: string;
  /** Of any line of its answers to ATI0 and ATI3. */
  readonly match: RegExp | null;
  /** Sample codings we would take, the best first. */
  readonly preference: readonly SampleCoding[];
  /** Where `+VSM=?` cannot be read. */
  readonly format: VoiceFormat;
  /** After the rate in `+VSM=`. */
  readonly formatTail: string;
  /** Silence is not cut out of what is heard. */
  readonly silenceOff: string;
  readonly offHook: string;
  readonly onHook: string;
  /** 'ask': by `+VTR=?`. */
  readonly duplex: 'full' | 'half' | 'ask';
  /** Hook flash, by the first that is not refused; none = it has no flash. */
  readonly flash: readonly string[];
  readonly pulse: boolean;
  /** From an answer to the next command. */
  readonly gapMs: number;
  readonly quirks: {
    /** `D` in class 8 does not come back before the far end answers: digits go out by `+VTS`. */
    readonly dialsByVts: boolean;
  };
}

const plain: ModemProfile = {
  name: 'plain',
  match: null,
  preference: formatPreference,
  format: { id: 1, coding: 'unsigned8' },
  formatTail: '',
  silenceOff: '+VSD=128,0',
  offHook: '+VLS=1',
  onHook: '+VLS=0',
  duplex: 'ask',
  flash: ['+VTS=!', 'D!'],
  pulse: true,
  gapMs: 100,
  quirks: { dialsByVts: false },
};

/** Facts of the two products: vendors' manuals and the experience of people who use them as answering machines. */
export const modemProfiles: readonly ModemProfile[] = [
  { ...plain, name: 'usr5637', match: /^5601$|USR?5637|U\.?S\.? ?ROBOTICS/i, format: { id: 128, coding: 'unsigned8' }, duplex: 'full' },
  {
    ...plain,
    name: 'cx93010',
    match: /^56000$|CX930|CONEXANT/i,
    formatTail: ',0,0',
    silenceOff: '+VSD=0,0',
    duplex: 'full',
    quirks: { dialsByVts: true },
  },
  plain,
];

/** By name, as the configuration gives it. undefined: there is none of that name. */
export const profileNamed = (name: string): ModemProfile | undefined => modemProfiles.find((profile) => profile.name === name);

/** By what the modem says of itself; what nobody knows is plain V.253. */
export function profileOf(identity: readonly string[]): ModemProfile {
  return modemProfiles.find(({ match }) => match !== null && identity.some((line) => match.test(line.trim()))) ?? plain;
}
