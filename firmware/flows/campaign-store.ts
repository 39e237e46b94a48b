import * as v from 'valibot';
import { HalError } from '../../hal/errors.ts';
import { namePattern } from '../callflow/document/flow-document.ts';
import type { CampaignEntry } from '../callflow/requests/campaign-requests.ts';
import type { AudioSource } from '../calls/media-channel.ts';
import type { Document } from '../mailbox/document.ts';
import { openDocument } from '../mailbox/document.ts';
import { idPattern } from '../mailbox/recording.ts';
import { Serial } from '../mailbox/serial.ts';
import type { Shelved, ShelfParts } from './audio-shelf.ts';
import { AudioShelf } from './audio-shelf.ts';
import { makeFolder } from './make-folder.ts';
import { shelvedSchema } from './prompt-store.ts';

export const mostCampaigns = 100;
export const mostEntries = 100;
/** Of all entries of a campaign together: what its document can name. */
export const mostAnswers = 400;

const entrySchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(idPattern)),
  leftMs: v.pipe(v.number(), v.finite()),
  caller: v.pipe(v.string(), v.maxLength(64)),
  saved: v.boolean(),
  answers: v.array(shelvedSchema),
});
const schema = v.strictObject({ version: v.literal(1), entries: v.array(entrySchema) });
type Stored = v.InferOutput<typeof schema>;
type Entry = Stored['entries'][number];

export interface CampaignFacts {
  readonly name: string;
  readonly new: number;
  readonly saved: number;
}

/** One answer, as it lies elsewhere. */
export interface AnswerAudio {
  readonly recording: Shelved;
  open(): Promise<AudioSource>;
}

/**
 * What callers answered to the questions of campaigns: a document for each campaign, the audio beside them. An entry is acknowledged when its audio
 * and then its document are durable; a power cut before leaves nothing of it.
 */
export class CampaignStore {
  readonly #parts: ShelfParts;
  readonly #folder: string;
  readonly #shelf: AudioShelf;
  readonly #campaigns = new Map<string, Document<Stored>>();
  readonly #serial = new Serial();

  private constructor(parts: ShelfParts, folder: string) {
    this.#parts = parts;
    this.#folder = folder;
    this.#shelf = new AudioShelf(parts, `${folder}/audio`);
  }

  /** In `folder`, whose parent exists. Errors: HalError read-only, io. */
  static async open(parts: ShelfParts, folder: string): Promise<CampaignStore> {
    const store = new CampaignStore(parts, folder);
    await store.#open();
    return store;
  }

  list(): readonly CampaignFacts[] {
    return [...this.#campaigns].sort(([one], [other]) => one.localeCompare(other)).map(([name, { state: { entries } }]) => {
      const saved = entries.filter((entry) => entry.saved).length;
      return { name, new: entries.length - saved, saved };
    });
  }

  entries(campaign: string): readonly CampaignEntry[] {
    const entries = this.#campaigns.get(campaign)?.state.entries ?? [];
    const shown = ({ answers, ...entry }: Entry): CampaignEntry => ({ ...entry, answers: answers.map(({ id }) => id) });
    return [...entries.filter(({ saved }) => !saved), ...entries.filter(({ saved }) => saved)].map(shown);
  }

  /** Durable when resolved; 'full': nothing of it was kept. Errors: HalError no-space, read-only, io, too-large (no name of a campaign). */
  leave(campaign: string, caller: string, answers: readonly AnswerAudio[]): Promise<'ok' | 'full'> {
    return this.#serial.run(async () => {
      const document = await this.#document(campaign);
      if (document === null || isFull(document.state, answers.length)) return 'full';
      const copies: Shelved[] = [];
      try {
        for (const answer of answers) copies.push(await this.#copy(answer));
        const [first] = copies;
        if (first === undefined) return 'ok';
        const entry: Entry = { id: first.id, leftMs: this.#parts.clock.wall(), caller: caller.slice(0, 64), saved: false, answers: copies };
        await document.change(({ entries }) => void entries.push(entry));
      } catch (error) {
        if (document.state.entries.every(({ id }) => id !== copies[0]?.id)) for (const { id } of copies) await this.#shelf.remove(id);
        throw error;
      }
      return 'ok';
    });
  }

  /** Whether there was such an entry. Durable when resolved. Errors: HalError. */
  mark(campaign: string, id: string, as: 'saved' | 'deleted'): Promise<boolean> {
    return this.#serial.run(async () => {
      const document = this.#campaigns.get(campaign);
      const entry = document?.state.entries.find((one) => one.id === id);
      if (document === undefined || entry === undefined) return false;
      const answers = entry.answers.map((answer) => answer.id);
      await document.change((state) => {
        if (as === 'saved') state.entries = state.entries.map((one) => (one.id === id ? { ...one, saved: true } : one));
        else state.entries = state.entries.filter((one) => one.id !== id);
      });
      if (as === 'deleted') for (const answer of answers) await this.#shelf.remove(answer);
      return true;
    });
  }

  /** null = no answer of this id. Errors: HalError. */
  async source(id: string): Promise<AudioSource | null> {
    for (const { state: { entries } } of this.#campaigns.values()) {
      const found = entries.flatMap(({ answers }) => answers).find((answer) => answer.id === id);
      if (found !== undefined) return this.#shelf.reader(found);
    }
    return null;
  }

  async #open(): Promise<void> {
    const { storage } = this.#parts;
    await makeFolder(storage, this.#folder);
    const names = new Set((await storage.list(this.#folder)).filter((file) => /\.[ab]$/.test(file)).map((file) => file.slice(0, -2)));
    for (const name of names) await this.#openDocument(name);
    const documents = [...this.#campaigns.values()];
    // The audio of a document that was set aside is all that is left of it.
    const damaged = documents.some(({ origin }) => origin === 'damaged');
    await this.#shelf.open(damaged ? null : new Set(documents.flatMap(({ state }) => state.entries.flatMap(({ answers }) => answers.map(({ id }) => id)))));
  }

  /** null = there are as many as there may be. */
  async #document(campaign: string): Promise<Document<Stored> | null> {
    if (!namePattern.test(campaign) || campaign === 'audio') throw new HalError('too-large', campaign.slice(0, 70), 'is no name of a campaign');
    const known = this.#campaigns.get(campaign);
    if (known !== undefined) return known;
    return this.#campaigns.size >= mostCampaigns ? null : this.#openDocument(campaign);
  }

  async #openDocument(name: string): Promise<Document<Stored>> {
    const { storage, log } = this.#parts;
    const document = await openDocument<Stored>(storage, `${this.#folder}/${name}`, { version: 1, entries: [] }, (found) => v.parse(schema, found), log);
    this.#campaigns.set(name, document);
    return document;
  }

  async #copy({ recording, open }: AnswerAudio): Promise<Shelved> {
    const source = await open();
    try {
      return await this.#shelf.putNew(recording.codec, recording.bytes, pieces(source, recording.bytes));
    } finally {
      await source.close();
    }
  }
}

const isFull = ({ entries }: Stored, more: number): boolean =>
  entries.length >= mostEntries || entries.reduce((sum, { answers }) => sum + answers.length, more) > mostAnswers;

const pieceBytes = 8000;

export async function* pieces(source: AudioSource, bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes; ) {
    const piece = await source.read(at, Math.min(pieceBytes, bytes - at));
    if (piece.length === 0) throw new HalError('io', 'recording', 'the recording is damaged');
    at += piece.length;
    yield piece;
  }
}
