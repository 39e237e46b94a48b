import type { ConsoleFile, FilesConsole } from '../../firmware/console/parts/files-console.ts';
import { createHash } from 'node:crypto';
import { capturesFolder } from '../../firmware/capture/captures-folder.ts';
import { entryLine } from '../../firmware/console/audit/audit-chain.ts';
import type { AuditLog } from '../../firmware/console/audit/audit-log.ts';
import { shortId } from '../../firmware/console/find-by-id.ts';
import { formatLogLine } from '../../firmware/lifecycle/unit-log.ts';
import { keptBackBytes } from '../../firmware/mailbox/admission.ts';
import type { MessageReader } from '../../firmware/mailbox/message-store.ts';
import { wavOf } from '../../firmware/mailbox/wav.ts';
import type { Unit } from '../../firmware/run.ts';
import { HalError } from '../../hal/errors.ts';
import { writeDurably } from '../../firmware/site/durable-file.ts';
import { mostPromptMs } from '../../firmware/flows/prompt-store.ts';
import { inChunks, ulawOf } from './phone-audio.ts';

/** As in the telephone's own greeting menu. */
const mostGreetingSec = 120;
const logLines = 10_000;
const auditEntries = 20_000;

/** What came by the cable and is for a person to use. */
const incomingFolder = 'incoming';

const text = (name: string, lines: readonly string[]): ConsoleFile => ({ name, bytes: Buffer.from(lines.map((line) => `${line}\n`).join('')) });

/** What goes out and comes in by the console. */
export function consoleFiles(unit: Unit, audit: Pick<AuditLog, 'last'> | null, configuration: () => string): FilesConsole {
  const { name } = unit.settings.unit;
  return {
    log: () => text(`${name}-log.txt`, unit.parts.log.last(logLines).map(formatLogLine)),
    audit: async () => text(`${name}-audit.jsonl`, ((await audit?.last(auditEntries)) ?? []).map(entryLine)),
    configuration: () => ({ name: `${name}.yaml`, bytes: Buffer.from(configuration()) }),
    capture: (name) => capture(unit, name),
    message: async (mailbox, id) => ({ name: `${mailbox}-${shortId(id)}.wav`, bytes: await wavBytes(await unit.store.reader(mailbox, id)) }),
    greeting: async (mailbox) => {
      const recording = unit.store.greetings.current(mailbox, 'greeting');
      return recording === null ? null : { name: `greeting-${mailbox}.wav`, bytes: await wavBytes(await unit.store.greetings.reader(mailbox, 'greeting', recording)) };
    },
    keepFirmware: async (bytes) => {
      const { storage } = unit.parts;
      const place = `${incomingFolder}/understudy.cjs`;
      const { freeBytes } = await storage.space();
      if (freeBytes - bytes.length < keptBackBytes(unit.settings.messages)) throw new HalError('no-space', place, 'the disk has no room for it beside what is kept back for messages');
      await storage.makeDirectory(incomingFolder);
      await writeDurably(storage, place, Buffer.from(bytes));
      return { place, sha256: createHash('sha256').update(bytes).digest('hex') };
    },
    takeGreeting: (mailbox, wav) => takeGreeting(unit, mailbox, wav),
    takePrompt: async (name, wav) => {
      const audio = ulawOf(wav, mostPromptMs / 1000);
      if (typeof audio === 'string') return audio;
      await unit.flows.prompts.put(name, 'PCMU', audio.length, inChunks(audio));
      return null;
    },
  };
}

/** A quarter of an hour at 115200 baud. */
const mostCaptureBytes = 8 * 1024 * 1024;

async function capture({ parts: { storage } }: Unit, name: string): Promise<ConsoleFile> {
  const file = await storage.open(`${capturesFolder}/${name}`, 'read');
  try {
    const size = await file.size();
    if (size > mostCaptureBytes) throw new HalError('too-large', name, 'more than 8 MiB would take the cable for too long: it lies in captures/ of the data folder');
    const bytes = new Uint8Array(size);
    return { name, bytes: bytes.subarray(0, await file.read(bytes, 0)) };
  } finally {
    await file.close();
  }
}

async function wavBytes(reader: MessageReader): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  try {
    for await (const block of wavOf(reader)) blocks.push(block.slice());
  } finally {
    await reader.close();
  }
  return Buffer.concat(blocks);
}

/** Recorded like one that was spoken: whole on the disk, then in force. */
async function takeGreeting({ store }: Unit, mailbox: string, wav: Uint8Array): Promise<string | null> {
  const audio = ulawOf(wav, mostGreetingSec);
  if (typeof audio === 'string') return audio;
  const writer = await store.greetings.begin(mailbox, 'greeting', 'PCMU');
  for await (const chunk of inChunks(audio)) {
    if (!writer.append(chunk, 0)) {
      await writer.abandon();
      return 'the disk does not take it';
    }
    await writer.idle();
  }
  const recording = await writer.finish('received');
  await store.greetings.commit(mailbox, 'greeting', recording);
  return null;
}
