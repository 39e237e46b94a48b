import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { sipLimits } from '../../../firmware/sip/message.ts';
import { parseMessage } from '../../../firmware/sip/syntax/parse-message.ts';
import { parseNameAddr } from '../../../firmware/sip/syntax/name-addr.ts';
import { parseUri } from '../../../firmware/sip/syntax/uri.ts';
import { parseSdp } from '../../../firmware/sip/sdp/parse-sdp.ts';
import { slowest } from './slowest.ts';

const seed = 4475;
const count = 20_000;
const folder = 'test/data/rfc4475';
const good = readdirSync(folder).filter((name) => name.endsWith('.dat')).map((name) => readFileSync(`${folder}/${name}`));

/** Bytes that mean something to a SIP parser, or to what it is written with. */
const strange = [0, 9, 10, 13, 32, 34, 37, 44, 45, 47, 58, 59, 60, 61, 62, 63, 64, 91, 92, 93, 127, 128, 192, 237, 255];

const pick = <T>(random: SimRandom, from: readonly T[]): T => from[random.below(from.length)] as T;

function mutant(random: SimRandom): Buffer {
  let bytes: Buffer = Buffer.from(pick(random, good));
  for (let change = 1 + random.below(6); change > 0; change--) {
    const at = random.below(bytes.length + 1);
    const length = random.below(40);
    const kind = random.below(7);
    if (kind === 0) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), pick(random, good).subarray(random.below(400))]);
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(random.below(3000), pick(random, strange)), bytes.subarray(at)]);
    else if (kind === 4) bytes = bytes.subarray(0, at);
    else if (at < bytes.length) bytes[at] = kind === 5 ? pick(random, strange) : random.below(256);
  }
  return bytes;
}

/** All that is done with a message before anything above judges it. */
function read(bytes: Uint8Array): string {
  const result = parseMessage(bytes, sipLimits.udpBytes);
  if (result.outcome === 'dropped') return 'dropped';
  const message = result.outcome === 'message' ? result.message : result.request;
  for (const name of ['From', 'To', 'Contact', 'Record-Route', 'History-Info']) for (const value of message.headers.list(name)) parseUri(parseNameAddr(value)?.uri ?? '');
  parseSdp(message.body);
  return result.outcome;
}

test(`${count} mutants of the RFC 4475 messages: none throws, none takes 5 ms (seed ${seed})`, () => {
  const random = new SimRandom(seed);
  const mutants = Array.from({ length: count }, () => mutant(random));
  const outcomes: Record<string, number> = { message: 0, refused: 0, dropped: 0 };
  for (const bytes of mutants) {
    const outcome = read(bytes);
    outcomes[outcome] = (outcomes[outcome] as number) + 1;
  }
  for (const [outcome, times] of Object.entries(outcomes)) assert.ok(times > 500, `${outcome}: only ${times} times`);
  const { ms, index } = slowest(mutants, read);
  assert.ok(ms < 5, `mutant ${index} took ${ms.toFixed(2)} ms: ${mutants[index]?.toString('latin1').slice(0, 200)}`);
});

test.run();
