import { HalError } from '../../errors.ts';
import type { AtReply } from './at-dialogue.ts';
import { type ModemProfile, profileNamed, profileOf } from './modem-profile.ts';
import { fits, modemRate, usableFormats, type VoiceFormat } from './voice-format.ts';

/** As much of the link as setting up needs. */
export interface Asking {
  gapMs: number;
  asked(command: string, limitMs: number): Promise<AtReply>;
  write(bytes: Uint8Array): boolean;
  wait(ms: number): Promise<void>;
  reset(): void;
}

/** What is wished for, from the line's request. */
export interface ModemWishes {
  readonly place: string;
  /** null = by the modem's own answer. */
  readonly profile: string | null;
  readonly duplex: 'full' | 'half' | null;
  /** null = a USB modem: any format fits. */
  readonly baud: number | null;
  /** Country by ITU-T T.35 as two hexadecimal digits; null = the modem's own setting stays. */
  readonly country: string | null;
}

export interface ModemFacts {
  readonly profile: ModemProfile;
  readonly format: VoiceFormat;
  readonly duplex: 'full' | 'half';
}

const answerMs = 3000;
const lastAnswerMs = 1000;
/** Resetting takes some modems long. */
const resetMs = 5000;
/** What came late is over then. */
const settleMs = 400;
/** The exchange must see the line on-hook for so long, or takes it for a flash. */
const onHookMs = 1000;
/** DLE CAN DLE ETX ends sending, DLE ! hearing, DLE ^ both; the return ends what it all is as a command. */
const breakOff = Uint8Array.of(0x10, 0x18, 0x10, 0x03, 0x10, 0x21, 0x10, 0x5e, 0x0d);

/** From any state a modem may have been left in, to the command state with words for result codes. Errors: timed-out. */
export async function wakeModem(modem: Asking, place: string): Promise<void> {
  modem.reset();
  modem.write(breakOff);
  await modem.wait(settleMs);
  if (!(await answers(modem, 'AT')) && !(await answers(modem, 'AT'))) throw silent(place);
  const { result } = await modem.asked('ATZ', resetMs);
  modem.reset();
  await modem.wait(settleMs);
  if (result === 'timed-out' || !(await answers(modem, 'ATE0V1Q0'))) throw silent(place);
}

/** Errors: timed-out; unsupported (no voice modem, no format we know, no such profile). */
export async function learnModem(modem: Asking, wishes: ModemWishes): Promise<ModemFacts> {
  const profile = await profileFor(modem, wishes);
  modem.gapMs = profile.gapMs;
  if (wishes.country !== null) await optional(modem, `AT+GCI=${wishes.country}`, wishes.place);
  if (!(await optional(modem, 'AT+FCLASS=8', wishes.place))) throw new HalError('unsupported', wishes.place, 'no voice modem: it refuses AT+FCLASS=8');
  const { lines } = await must(modem, 'AT+VSM=?', wishes.place);
  const format = await choose(modem, profile, usableFormats(lines, profile.preference, wishes.baud), wishes);
  return { profile, format, duplex: wishes.duplex ?? (await duplexOf(modem, profile, wishes.place)) };
}

/** On-hook, listening for ringing, ready to be seized. Errors: timed-out; unsupported. */
export async function readyModem(modem: Asking, { profile, format }: ModemFacts, place: string): Promise<void> {
  const { result } = await must(modem, 'AT+FCLASS=8', place);
  if (result !== 'OK') throw new HalError('unsupported', place, 'no voice modem any more: it refuses AT+FCLASS=8');
  // No inactivity limit, no answering by itself, no loudspeaker, flow control by RTS and CTS: what a modem does not know is as well.
  for (const command of ['S0=0M0', '+IFC=2,2', '+VIT=0', profile.silenceOff, '+VCID=1']) await optional(modem, `AT${command}`, place);
  if (!(await optional(modem, vsm(profile, format), place))) throw new HalError('unsupported', place, `the modem refuses ${vsm(profile, format)}`);
}

/** Class 0 is on-hook for any modem, whatever it makes of the command before. Errors: timed-out; unsupported. */
export async function hangUp(modem: Asking, facts: ModemFacts, place: string): Promise<void> {
  await optional(modem, `AT${facts.profile.onHook}`, place);
  await must(modem, 'AT+FCLASS=0', place);
  await modem.wait(onHookMs);
  await readyModem(modem, facts, place);
}

/** However the modem is and whether it answers or not: the last words to it. */
export async function leaveModem(modem: Asking, { profile }: ModemFacts): Promise<void> {
  modem.reset();
  modem.write(breakOff);
  await modem.wait(settleMs);
  for (const command of [profile.onHook, '+FCLASS=0']) await modem.asked(`AT${command}`, lastAnswerMs);
}

async function profileFor(modem: Asking, { profile, place }: ModemWishes): Promise<ModemProfile> {
  if (profile === null) return profileOf([...(await must(modem, 'ATI0', place)).lines, ...(await must(modem, 'ATI3', place)).lines]);
  const named = profileNamed(profile);
  if (named === undefined) throw new HalError('unsupported', place, `no modem profile ${profile}`);
  return named;
}

async function choose(modem: Asking, profile: ModemProfile, formats: readonly VoiceFormat[], { place, baud }: ModemWishes): Promise<VoiceFormat> {
  for (const format of formats.length > 0 ? formats : [profile.format].filter(({ coding }) => fits(coding, baud))) {
    if (await optional(modem, vsm(profile, format), place)) return format;
  }
  throw new HalError('unsupported', place, `the modem has no sample format that is known here at ${modemRate} samples per second`);
}

async function duplexOf(modem: Asking, { duplex }: ModemProfile, place: string): Promise<'full' | 'half'> {
  if (duplex !== 'ask') return duplex;
  return (await optional(modem, 'AT+VTR=?', place)) ? 'full' : 'half';
}

const vsm = ({ formatTail }: ModemProfile, { id }: VoiceFormat): string => `AT+VSM=${id},${modemRate}${formatTail}`;

const answers = async (modem: Asking, command: string): Promise<boolean> => (await modem.asked(command, answerMs)).result === 'OK';

/** Whether it was accepted. */
const optional = async (modem: Asking, command: string, place: string): Promise<boolean> => (await must(modem, command, place)).result === 'OK';

async function must(modem: Asking, command: string, place: string): Promise<AtReply> {
  const reply = await modem.asked(command, answerMs);
  if (reply.result === 'timed-out') throw silent(place, command);
  return reply;
}

const silent = (place: string, command = 'AT'): HalError => new HalError('timed-out', place, `the modem does not answer ${command}`);
