// Many callers at the same time, by one sipp, each with a number, a mailbox and words of its own: what is mixed up is found out.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ulawDecode, ulawEncode } from '../../../hal/g711.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { talk, ulaw } from '../media/signals.ts';
import { freePorts } from './free-ports.ts';
import { Sipp } from './sipp.ts';
import type { TracedMessage } from './sipp-messages.ts';
import { field } from './sipp-messages.ts';

/** The greeting is cut short so long after the ACK ... */
const greetingMs = 700;
/** ... and speech begins then: the beep is over. */
export const leadMs = 2500;
/** From the last word to hanging up: what sipp sends late must still come before the BYE. */
const tailMs = 700;
/** Neighbours say the same, so much later. */
const staggerMs = 500;
const frameSamples = 160;

export interface Caller {
  readonly number: string;
  readonly mailbox: string;
  /** What is said from `leadMs` on, in mu-law. */
  readonly words: Uint8Array;
}

/** `count` callers, shared out over the mailboxes, who each speak for so long. */
export function callers(count: number, mailboxes: readonly string[], wordsMs: number): Caller[] {
  const all = ulaw(talk(new SimRandom(40), wordsMs + count * staggerMs));
  return Array.from({ length: count }, (_, index) => ({
    number: String(4001 + index),
    mailbox: mailboxes[index % mailboxes.length] as string,
    words: all.subarray(index * staggerMs * 8, (index * staggerMs + wordsMs) * 8),
  }));
}

/** Has them all call the unit, `perSecond` at a time. They hang up after their last word. */
export async function callAtOnce(all: readonly Caller[], to: number, perSecond: number): Promise<Sipp> {
  const folder = mkdtempSync(path.join(tmpdir(), 'callers-'));
  const injection = path.join(folder, 'callers.csv');
  writeFileSync(injection, ['SEQUENTIAL', ...all.map(({ number, mailbox }) => `${number};${mailbox};`), ''].join('\n'));
  const wordsMs = Math.max(...all.map(({ words }) => words.length / 8));
  const speakingMs = leadMs - greetingMs + wordsMs + tailMs;
  const media = await freePorts(4 * all.length);
  return Sipp.start({
    scenario: 'streaming-caller',
    values: { greetingMs, speakingMs, ...streams(all, folder) },
    to,
    calls: all.length,
    perSecond,
    // The last -mp counts: streams take their ports from there on.
    more: ['-inf', injection, '-mp', String(media), '-rtp_threadtasks', '40'],
    limitMs: speakingMs + 60_000,
  });
}

function streams(all: readonly Caller[], folder: string): { listen: string; play: string } {
  const parts = all.map(({ number, words }) => {
    const file = path.join(folder, `${number}.ulaw`);
    writeFileSync(file, Buffer.concat([Buffer.alloc(leadMs * 8, 0xff), words, Buffer.alloc(tailMs * 8, 0xff)]));
    return {
      listen: `<ereg regexp="^${number}$" search_in="var" variable="caller" assign_to="is${number}"/>`,
      play: `<nop condexec="is${number}"><action><exec rtp_stream="${file},1,0,PCMU/8000"/></action></nop>`,
    };
  });
  return { listen: parts.map(({ listen }) => listen).join('\n'), play: parts.map(({ play }) => play).join('\n') };
}

/** When each caller's stream began, in ms since 1970, by number. sipp writes local time. */
export function streamStarts(messages: readonly TracedMessage[]): Map<string, number> {
  const acks = messages.filter(({ sent, text }) => sent && text.startsWith('ACK '));
  return new Map(acks.map((ack) => [/sip:(\d+)@/.exec(field(ack, 'From'))?.[1] ?? '', ack.atMs + new Date(ack.atMs).getTimezoneOffset() * 60_000]));
}

export interface Heard {
  /** Samples of the message before the first word; -1 = it is not there. */
  readonly from: number;
  /** Samples of the words that stand in the message without a break, each as it was sent. */
  readonly whole: number;
  /** The words' frames of 20 ms, and those of them that are in the message in order. */
  readonly frames: number;
  readonly found: number;
}

/** Looks for a caller's words in a message, sample by sample. */
export function hear(words: Uint8Array, message: Float64Array): Heard {
  const said = Buffer.from(words.map((code) => law(ulawDecode[code] ?? 0)));
  const audio = Buffer.from(Uint8Array.from(message, law));
  const from = audio.indexOf(said.subarray(0, 5 * frameSamples));
  let whole = 0;
  while (from >= 0 && whole < said.length && said[whole] === audio[from + whole]) whole++;
  return { from, whole, ...framesIn(said, audio) };
}

function framesIn(said: Buffer, audio: Buffer): { frames: number; found: number } {
  const frames = Math.floor(said.length / frameSamples);
  let [found, from] = [0, 0];
  for (let frame = 0; frame < frames; frame++) {
    const at = audio.indexOf(said.subarray(frame * frameSamples, (frame + 1) * frameSamples), from);
    if (at < 0) continue;
    found++;
    from = at + frameSamples;
  }
  return { frames, found };
}

/** One code for both zeros of the law. */
const law = (sample: number): number => ulawEncode[Math.max(-32_768, Math.min(32_767, Math.round(sample))) + 32_768] ?? 0;
