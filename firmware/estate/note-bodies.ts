import * as v from 'valibot';
import { siteName } from '../config/text-forms.ts';

/** What the first line of each kind of note holds. Keys are added, never renamed; what a reader does not know it passes over. */
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const hex64 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const site = v.pipe(v.string(), v.check((text) => siteName.accepts(text)));
const short = v.pipe(v.string(), v.maxLength(64));
const head = { site, unit: hex64 };

/** Where a site stands, as the unit that serves it says. */
const pointer = v.object({ ...head, version: v.pipe(whole, v.minValue(1)), hash: hex64, epoch: whole, atMs: whole });

const presence = v.object({
  ...head,
  name: short,
  /** Only a last will, or a unit that leaves, says offline. */
  state: v.picklist(['online', 'offline']),
  role: short,
  epoch: whole,
  /** Of the site's state; 0 = none. */
  version: whole,
  calls: whole,
  /** Raised and not cleared. */
  alarms: whole,
  lastAlarm: v.nullable(short),
  product: short,
  atMs: whole,
});

const alarm = v.object({
  ...head,
  name: short,
  /** The same in each repetition. */
  id: v.pipe(v.string(), v.uuid()),
  event: short,
  /** What it concerns, where there are several: a mailbox. */
  subject: short,
  state: v.picklist(['raised', 'cleared']),
  text: v.pipe(v.string(), v.maxLength(400)),
  /** As often as it came while it waited. */
  times: v.pipe(whole, v.minValue(1)),
  firstMs: whole,
  lastMs: whole,
  /** Alarms that were dropped because too many waited, since the unit was made. */
  dropped: whole,
});

export const commandNames = ['report', 'failover', 'failback', 'rollback', 'clear'] as const;

const command = v.object({
  ...head,
  /** `keyId` of the operator's key. */
  key: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  /** Each command of a key has a greater one than all before; milliseconds since 1970 will do. */
  sequence: v.pipe(whole, v.minValue(1)),
  issuedMs: whole,
  expiresMs: whole,
  command: v.picklist(commandNames),
  /** Of rollback. */
  version: v.nullable(v.pipe(whole, v.minValue(1))),
});

const result = v.object({ ...head, key: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)), sequence: whole, ok: v.boolean(), text: v.pipe(v.string(), v.maxLength(2000)), atMs: whole });

export type Pointer = Readonly<v.InferOutput<typeof pointer>>;
export type Presence = Readonly<v.InferOutput<typeof presence>>;
export type AlarmNote = Readonly<v.InferOutput<typeof alarm>>;
export type Command = Readonly<v.InferOutput<typeof command>>;
export type CommandName = Command['command'];
export type CommandResult = Readonly<v.InferOutput<typeof result>>;

const reader =
  <Schema extends v.GenericSchema>(schema: Schema) =>
  (body: unknown): v.InferOutput<Schema> | null => {
    const found = v.safeParse(schema, body);
    return found.success ? found.output : null;
  };

/** Each gives null for what it is not. */
export const readPointer = reader(pointer);
export const readPresence = reader(presence);
export const readAlarm = reader(alarm);
export const readCommand = reader(command);
export const readResult = reader(result);
