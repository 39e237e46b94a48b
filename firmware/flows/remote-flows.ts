import { createHash } from 'node:crypto';
import { HalError } from '../../hal/errors.ts';
import type { HttpClient } from '../../hal/http.ts';
import type { Storage } from '../../hal/storage.ts';
import { actions } from '../callflow/actions/actions.ts';
import { mostFlowBytes } from '../callflow/document/flow-document.ts';
import type { ReadyFlow } from '../callflow/document/parse-flow.ts';
import { parseFlow } from '../callflow/document/parse-flow.ts';
import type { AnswerOf } from '../callflow/requests/requests.ts';
import type { RemoteFlowSettings } from '../config/flow-settings.ts';
import type { Log } from '../log.ts';
import { Serial } from '../mailbox/serial.ts';
import { readWhole, writeDurably } from '../site/durable-file.ts';
import { makeFolder } from './make-folder.ts';

export interface RemoteFlowsParts {
  readonly storage: Storage;
  readonly log: Log;
  readonly http: HttpClient;
  readonly settings: () => readonly RemoteFlowSettings[];
}

/** For all of it; then the copy is used. */
const fetchMs = 5000;
/** Versions in memory, for the calls that run them; the one that was not fetched for longest goes. */
const mostReady = 64;

/** Call flows that another system holds. Each call asks for its newest text; while the other side is away, or sends what is no flow, the last good one is used. */
export class RemoteFlows {
  readonly #parts: RemoteFlowsParts;
  readonly #folder: string;
  /** By the name under which the interpreter finds them: 'SOURCE@VERSION'. No flow of the site can have such a name. */
  readonly #ready = new Map<string, ReadyFlow>();
  /** One copy is written at a time. */
  readonly #serial = new Serial();

  private constructor(parts: RemoteFlowsParts, folder: string) {
    this.#parts = parts;
    this.#folder = folder;
  }

  /** `parent` must exist. Errors: HalError of the folder. */
  static async open(parts: RemoteFlowsParts, parent: string): Promise<RemoteFlows> {
    const folder = `${parent}/remote`;
    await makeFolder(parts.storage, folder);
    return new RemoteFlows(parts, folder);
  }

  /** As fetched; null = no call has fetched it lately. */
  flow(name: string): ReadyFlow | null {
    return this.#ready.get(name) ?? null;
  }

  /** null: there is neither a flow nor a copy of one; the log says why. Never rejects. */
  async fetch(source: string): Promise<AnswerOf<'fetch-flow'> | null> {
    const settings = this.#parts.settings().find(({ name }) => name === source);
    if (settings === undefined) return this.#none(source, "it is not in flows.remote of the configuration");
    const copy = await this.#copy(source);
    const fetched = await this.#fetched(settings, copy);
    if (typeof fetched === 'object') return this.#use(source, fetched.text, fetched.flow, 'remote');
    const ready = copy === null ? null : parseFlow(copy, actions).flow;
    if (copy === null || ready === null) return this.#none(source, fetched);
    this.#parts.log.write('warning', 'remote-flow-from-copy', `The remote call flow ${source} is run from its last copy: ${fetched}.`, { source });
    return this.#use(source, copy, ready, 'cache');
  }

  /** Or why not, in words. */
  async #fetched({ name, url, token, authority }: RemoteFlowSettings, copy: string | null): Promise<{ readonly text: string; readonly flow: ReadyFlow } | string> {
    try {
      const headers = { accept: 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
      const { status, body } = await this.#parts.http.get({ url, headers, authority, timeoutMs: fetchMs, mostBytes: mostFlowBytes });
      if (status !== 200) return `the other side answered ${status}`;
      const text = new TextDecoder().decode(body);
      const { flow, faults } = parseFlow(text, actions);
      if (flow === null) return `what the other side sent is no flow: ${faults[0]?.place} ${faults[0]?.text}`;
      if (text !== copy) await this.#keep(name, body);
      return { text, flow };
    } catch (error) {
      if (error instanceof HalError) return error.message;
      return String(error);
    }
  }

  /** A flow that cannot be kept runs nevertheless. */
  #keep(source: string, body: Uint8Array): Promise<void> {
    return this.#serial.run(() =>
      writeDurably(this.#parts.storage, this.#path(source), body).catch((error: unknown) => {
        this.#parts.log.write('warning', 'remote-flow-not-kept', `No copy of the remote call flow ${source} can be kept: ${String(error)}.`, { source });
      }),
    );
  }

  async #copy(source: string): Promise<string | null> {
    const bytes = await readWhole(this.#parts.storage, this.#path(source), mostFlowBytes).catch(() => null);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  }

  #use(source: string, text: string, flow: ReadyFlow, from: 'remote' | 'cache'): AnswerOf<'fetch-flow'> {
    const name = `${source}@${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
    this.#ready.delete(name);
    this.#ready.set(name, flow);
    const [oldest] = this.#ready.keys();
    if (this.#ready.size > mostReady && oldest !== undefined) this.#ready.delete(oldest);
    return { flow: name, from };
  }

  #none(source: string, why: string): null {
    this.#parts.log.write('error', 'remote-flow-missing', `The remote call flow ${source} cannot be run: ${why}.`, { source });
    return null;
  }

  #path(source: string): string {
    return `${this.#folder}/${source}.json`;
  }
}
