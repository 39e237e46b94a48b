import * as v from 'valibot';
import type { Clock, Timer, WallMs } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Random } from '../../hal/random.ts';
import type { StreamConnection } from '../../hal/stream.ts';
import type { Log } from '../log.ts';
import type { Peer } from './channel/channel.ts';
import { Channel } from './channel/channel.ts';
import { ChannelError } from './channel/channel-error.ts';
import { Dialler } from './channel/dialler.ts';
import type { Data } from './channel/frame.ts';
import { TokenBucket } from './channel/token-bucket.ts';
import type { Fetch } from './fetch-contents.ts';
import type { Sibling } from './manifest-contents.ts';
import type { SignedManifest, SiteIdentity } from './signed-manifest.ts';
import { SiteError } from './site-error.ts';
import type { SiteState } from './site-state.ts';
import { SyncPuller } from './sync-puller.ts';
import { SyncServer } from './sync-server.ts';

export interface SiteSyncOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly state: SiteState;
  readonly identity: SiteIdentity;
  /** The unit that must be at the other end; the connection has already proved that it holds its key. */
  readonly partner: string;
  /** What may be sent, kbit/s. */
  readonly kbps: () => number;
}

/** What may be sent at once after a rest: two packets. */
const burstBytes = 2400;
/** After a failure that the connection outlives (a full disk, a content that nobody has). */
export const pullRetryMs = 60_000;

const headSchema = v.strictObject({ hash: v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))), version: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });
type Head = v.InferOutput<typeof headSchema>;

export interface SyncStatus {
  readonly connected: boolean;
  /** null = no state of a site. */
  readonly here: { readonly version: number; readonly hash: string } | null;
  /** As last heard, which may be long ago; null = never, or none. */
  readonly there: { readonly version: number; readonly hash: string } | null;
  /** `fetching`: something of theirs is on its way. `waiting`: it stands still; `problem` says why. */
  readonly state: 'in-step' | 'fetching' | 'waiting' | 'unknown';
  /** What is still to be fetched, as far as it is known. */
  readonly behind: { readonly entries: number; readonly bytes: number };
  /** Both were last seen to have the same; null = never in this run. */
  readonly lastInStepMs: WallMs | null;
  readonly problem: string | null;
  readonly siblings: readonly Sibling[];
}

/**
 * Keeps two units in step over one channel, both ways:
 *
 *   either side   push head { hash, version }     on connecting, and whenever its own changes
 *   the other     manifest, then missing blobs    when that head is not its own; then it has a head of its own to tell
 *
 * Both pull; nobody is told what to do. That both end with the same is a property of merge.ts.
 */
export class SiteSync {
  readonly #options: SiteSyncOptions;
  readonly #server: SyncServer;
  readonly #bucket: TokenBucket;
  readonly #unwatch: () => void;
  #channel: Channel | null = null;
  #dialler: Dialler | null = null;
  #theirs: Head | null = null;
  #pulling = false;
  /** The manifest that is being taken, or was last. */
  #incoming: SignedManifest | null = null;
  /** A head that was looked at, and need not be again until it changes: ours holds it, or it was refused. */
  #done: string | null = null;
  #retry: Timer | null = null;
  #lastInStepMs: WallMs | null = null;
  #problem: string | null = null;
  #stopped = false;

  constructor(options: SiteSyncOptions) {
    const { clock, kbps, state, identity } = options;
    this.#options = options;
    this.#server = new SyncServer(state, identity);
    this.#bucket = new TokenBucket(() => kbps() * 125, burstBytes, clock.monotonic());
    this.#unwatch = state.watch(() => this.#ownChanged());
  }

  /** Uses a connection that the partner has made, or that was made to it; the newest counts. */
  attach(connection: StreamConnection): void {
    if (this.#stopped) return connection.close();
    const { clock, identity } = this.#options;
    const old = this.#channel;
    const channel: Channel = new Channel({
      clock,
      connection,
      bucket: this.#bucket,
      site: identity.site,
      unit: identity.unit,
      answer: (kind, data) => this.#server.answer(kind, data),
      pushed: (kind, data) => this.#pushed(kind, data),
      ready: (peer) => this.#ready(channel, peer),
      ended: (error) => this.#ended(channel, error),
    });
    this.#channel = channel;
    old?.close();
  }

  /** Keeps a connection by making it; for one of the two, the other listens and attaches. */
  dial(connect: () => Promise<StreamConnection>): void {
    const { clock, random } = this.#options;
    this.#dialler?.stop();
    this.#dialler = new Dialler({ clock, random, connect, connected: (connection) => this.attach(connection), failed: (error) => (this.#problem = error.message) });
    this.#dialler.start();
  }

  /** The partner is said to have something new: do not wait for the next try. The unit that does not dial can only ask where there is a connection. */
  look(): void {
    if (this.#stopped) return;
    if (this.#isConnected) this.#pull();
    else this.#dialler?.now();
  }

  /** The connection ends; another may follow. */
  drop(): void {
    this.#channel?.close();
  }

  stop(): void {
    this.#stopped = true;
    this.#dialler?.stop();
    this.#retry?.cancel();
    this.#channel?.close();
    this.#unwatch();
  }

  status(): SyncStatus {
    const { state } = this.#options;
    const { hash, version } = this.#theirs ?? { hash: null, version: 0 };
    const incoming = this.#isBehind() && this.#incoming?.hash === hash ? this.#incoming : state.current;
    const missing = incoming === null ? [] : state.missing(incoming.manifest);
    return {
      connected: this.#isConnected,
      here: state.current === null ? null : { version: state.current.manifest.version, hash: state.current.hash },
      there: hash === null ? null : { hash, version },
      state: this.#word(),
      behind: { entries: missing.length, bytes: missing.reduce((sum, { bytes }) => sum + bytes, 0) },
      lastInStepMs: this.#lastInStepMs,
      problem: this.#problem,
      siblings: state.siblings,
    };
  }

  get #isConnected(): boolean {
    return this.#channel !== null && this.#channel.peer !== null;
  }

  #word(): SyncStatus['state'] {
    if (this.#theirs === null) return 'unknown';
    if (this.#theirs.hash === (this.#options.state.current?.hash ?? null)) return 'in-step';
    return this.#pulling ? 'fetching' : 'waiting';
  }

  #ready(channel: Channel, { unit }: Peer): void {
    if (channel !== this.#channel) return;
    if (unit !== this.#options.partner) {
      this.#problem = `${unit} is at the other end, not the partner ${this.#options.partner}`;
      return channel.close();
    }
    this.#dialler?.held();
    this.#problem = null;
    this.#done = null;
    this.#tellHead();
    this.#pull();
  }

  #ended(channel: Channel, error: ChannelError): void {
    if (channel !== this.#channel) return;
    this.#channel = null;
    if (error.id !== 'closed') this.#problem = error.message;
    if (!this.#stopped) this.#dialler?.lost();
  }

  #ownChanged(): void {
    this.#tellHead();
    this.#seen();
  }

  #tellHead(): void {
    const { current } = this.#options.state;
    this.#channel?.push('head', { hash: current?.hash ?? null, version: current?.manifest.version ?? 0 });
  }

  #pushed(kind: string, data: Data): void {
    const head = v.safeParse(headSchema, data);
    if (kind !== 'head' || !head.success) return;
    this.#theirs = head.output;
    this.#seen();
    this.#pull();
  }

  /** Both have the same. */
  #seen(): void {
    if (this.#word() !== 'in-step') return;
    this.#lastInStepMs = this.#options.clock.wall();
    this.#problem = null;
  }

  #pull(): void {
    if (this.#pulling || this.#stopped || !this.#isConnected) return;
    this.#pulling = true;
    this.#retry?.cancel();
    void this.#pullAll()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#pulling = false;
        // A head that came in the last moment.
        if (this.#problem === null && this.#isBehind()) this.#pull();
      });
  }

  async #pullAll(): Promise<void> {
    const { state, identity } = this.#options;
    const puller = new SyncPuller(state, identity, (kind, data) => this.#ask(kind, data));
    const fetch: Fetch = (value, blobs) => puller.blob(value, blobs);
    for (; this.#isBehind(); ) {
      const hash = this.#theirs?.hash as string;
      // A second attempt at the same manifest needs only what is missing of it.
      if (this.#incoming?.hash !== hash) this.#incoming = await puller.manifest(hash);
      await this.#receive(this.#incoming, fetch);
      this.#done = hash;
      this.#problem = null;
    }
    await state.repair(fetch);
    this.#seen();
  }

  async #receive(signed: SignedManifest, fetch: Fetch): Promise<void> {
    const { state, log } = this.#options;
    const result = await state.receive(signed, fetch);
    if (result !== 'kept') log.write('notice', 'site-synchronised', `Version ${state.current?.manifest.version} of the site is in force (${result}).`, { version: signed.manifest.version, author: signed.manifest.author });
  }

  #isBehind(): boolean {
    const hash = this.#theirs?.hash ?? null;
    return hash !== null && hash !== this.#done && hash !== this.#options.state.current?.hash && this.#isConnected;
  }

  #ask(kind: string, data: Data): ReturnType<Channel['ask']> {
    return this.#channel === null ? Promise.reject(new ChannelError('closed', 'there is no connection')) : this.#channel.ask(kind, data);
  }

  /** What is wrong with the manifest itself stays so until there is another; all else is tried again, at the latest in a while. */
  #failed(error: unknown): void {
    if (!(error instanceof ChannelError || error instanceof SiteError || error instanceof HalError)) throw error;
    this.#problem = error.message;
    const { log, clock } = this.#options;
    if (this.#stopped) return;
    if (!(error instanceof ChannelError)) log.write('warning', 'site-not-synchronised', `The site's state could not be taken from the partner: ${error.message}`);
    if (error instanceof SiteError && isFinal(error)) this.#done = this.#theirs?.hash ?? null;
    else this.#retry = clock.after('site-pull', pullRetryMs, () => this.#again());
  }

  #again(): void {
    // A full disk may have room for what nothing names any more.
    void this.#options.state.collect().catch(() => undefined).finally(() => this.#pull());
  }
}

/** Asking again would bring the same. Settings that do not fit may do so after a change of the own file. */
const isFinal = ({ id }: SiteError): boolean => !['damaged', 'missing', 'not-applicable'].includes(id);
