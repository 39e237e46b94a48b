import * as v from 'valibot';
import type { Listed, Standing } from '../../mailbox/message-mirror.ts';
import { shelves } from '../../mailbox/message-mirror.ts';
import { messageStates } from '../../mailbox/mailbox-paths.ts';
import { idPattern, mailboxPattern } from '../../mailbox/recording.ts';
import { unknownVersion } from '../../mailbox/state-version.ts';
import { ChannelError } from '../../site/channel/channel-error.ts';
import type { Answer } from '../../site/channel/channel.ts';
import { maxLogBytes } from '../homecoming/home-protocol.ts';

/** Name of the service on the pair's channel. Each side asks the other the same things. */
export const mirrorService = 'mirror';
/** A log travels in such pieces; between two of them a change of state has its turn, at 32 kbit/s within 8 s. */
export const pieceBytes = 32_768;
/** Messages of a mailbox that are listed at once: 40 KB. */
export const listedAtOnce = 400;
/** Messages that are asked about at once: a request holds 4 KB. */
export const askedAtOnce = 64;
export const mailboxesAtOnce = 1000;

const mailbox = v.pipe(v.string(), v.regex(mailboxPattern));
const id = v.pipe(v.string(), v.regex(idPattern));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const shelf = v.pipe(count, v.maxValue(shelves - 1));
const state = v.picklist(messageStates);
const version = v.pipe(count, v.maxValue(unknownVersion));
/** In place of the sum of what cannot be read now: as good as never that of anything. */
export const unreadSum = 'f'.repeat(16);
const sum = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/));
const logBytes = v.pipe(count, v.maxValue(maxLogBytes));

export const requests = {
  /** Whether this side mirrors. Everything else is refused with 'off' if not. */
  begin: v.strictObject({}),
  /** -> what a shelf of mailboxes adds up to. */
  shelf: v.strictObject({ shelf }),
  /** -> mailboxes of the shelf above `after`, each with its sum. */
  mailboxes: v.strictObject({ shelf, after: v.union([v.literal(''), mailbox]) }),
  /** -> messages of the mailbox with ids above `after`. */
  list: v.strictObject({ mailbox, after: v.union([v.literal(''), id]) }),
  /** -> what is known of each. */
  about: v.strictObject({ mailbox, ids: v.pipe(v.array(id), v.minLength(1), v.maxLength(askedAtOnce)) }),
  /** Reads through the log -> its length and worth, or what is damaged. No: 'gone'. */
  log: v.strictObject({ mailbox, id }),
  /** -> a piece of the log. No: 'gone'. */
  piece: v.strictObject({ mailbox, id, offset: logBytes }),
};

const worth = v.object({ interrupted: v.boolean(), bytes: count });

export const answers = {
  begin: v.object({ on: v.boolean() }),
  shelf: v.object({ sum }),
  log: v.object({ bytes: logBytes, worth, fault: v.nullable(v.pipe(v.string(), v.maxLength(256))) }),
};

export const pushes = {
  changed: v.object({ mailbox, id }),
  /** How far the side that says it is behind the other. */
  behind: v.object({ messages: count, seconds: v.nullable(count) }),
};

/** Rows travel as the body of an answer, in JSON without names. */
const listedRow = v.strictTuple([id, state, version, v.boolean(), count]);
const bodies = {
  mailboxes: v.pipe(v.array(v.strictTuple([mailbox, sum])), v.maxLength(mailboxesAtOnce)),
  list: v.pipe(v.array(listedRow), v.maxLength(listedAtOnce)),
  about: v.pipe(v.array(v.nullable(v.union([listedRow, v.strictTuple([id, version])]))), v.maxLength(askedAtOnce)),
};

export const bodyOf = (rows: readonly unknown[]): Uint8Array => new TextEncoder().encode(JSON.stringify(rows));

export const rowOfListed = ({ id: of, state: now, version: made, interrupted, bytes }: Listed): unknown[] => [of, now, made, interrupted, bytes];

export const rowOfStanding = (standing: Standing | null): unknown => (standing === null ? null : standing.kind === 'listed' ? rowOfListed(standing) : [standing.id, standing.version]);

/** Errors: ChannelError malformed. */
export const readMailboxes = (answer: Answer): (readonly [string, string])[] => readBody(bodies.mailboxes, answer);

/** Errors: ChannelError malformed. */
export const readList = (answer: Answer): Listed[] => readBody(bodies.list, answer).map(listedOf);

/** As many as were asked for. Errors: ChannelError malformed. */
export function readStandings(answer: Answer, ids: readonly string[]): (Standing | null)[] {
  const rows = readBody(bodies.about, answer);
  if (rows.length !== ids.length || rows.some((row, at) => row !== null && row[0] !== ids[at])) throw malformed();
  return rows.map((row) => {
    if (row === null) return null;
    return row.length === 5 ? { kind: 'listed', ...listedOf(row) } : { kind: 'purged', id: row[0], version: row[1] };
  });
}

const listedOf = ([of, now, made, interrupted, bytes]: v.InferOutput<typeof listedRow>): Listed => ({ id: of, state: now, version: made, interrupted, bytes });

const malformed = (): ChannelError => new ChannelError('malformed', 'the answer is not of this protocol');

function readBody<Schema extends v.GenericSchema>(schema: Schema, { body }: Answer): v.InferOutput<Schema> {
  const result = v.safeParse(schema, json(body));
  if (!result.success) throw malformed();
  return result.output;
}

function json(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
}
