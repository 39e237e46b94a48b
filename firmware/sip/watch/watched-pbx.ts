import type { MonotonicMs, Timer } from '../../../hal/clock.ts';
import type { Endpoint } from '../../../hal/datagram.ts';
import type { PeerSettings } from '../../config/settings.ts';
import type { WatchTimes } from '../../config/watch-times.ts';
import type { ClientParts } from '../client-parts.ts';
import type { SipResponse } from '../message.ts';
import { randomHex } from '../session/session-parts.ts';
import type { ClientTransaction } from '../transaction-layer.ts';
import type { PbxEffect, PbxInput, PbxState } from './pbx-machine.ts';
import { pbxStep, probeAfterMs } from './pbx-machine.ts';
import type { ProbeSeries } from './probe.ts';
import { peerUri, probeRequest, saysNo } from './probe.ts';
import { Whereabouts } from './whereabouts.ts';

export interface PbxNews {
  readonly from: PbxState;
  readonly to: PbxState;
}

/** A probe under way. */
interface Probe {
  client: ClientTransaction | null;
  limit: Timer | null;
}

/** One PBX and what is known of its being there. */
export class WatchedPbx {
  readonly peer: PeerSettings;
  readonly #parts: ClientParts;
  readonly #times: () => WatchTimes;
  readonly #changed: (news: PbxNews) => void;
  readonly #series: ProbeSeries;
  readonly #whereabouts: Whereabouts;
  readonly #probes = new Set<Probe>();
  #state: PbxState = 'unknown';
  #cseq = 0;
  /** Probes, and refusals, since it last said that it serves. */
  #unanswered = 0;
  /** Its last answer to a probe was a refusal: other traffic does not outweigh it. */
  #refusing = false;
  #why = '';
  #heardMs: MonotonicMs | null = null;
  #stateMs: MonotonicMs;
  #next: Timer | null = null;
  #over = false;

  constructor(parts: ClientParts, peer: PeerSettings, times: () => WatchTimes, changed: (news: PbxNews) => void) {
    this.#parts = parts;
    this.peer = peer;
    this.#times = times;
    this.#changed = changed;
    this.#series = { callId: randomHex(parts.random, 12), tag: randomHex(parts.random, 6) };
    this.#whereabouts = new Whereabouts(parts.clock, parts.net, peerUri(peer));
    this.#stateMs = parts.clock.monotonic();
  }

  get state(): PbxState {
    return this.#state;
  }

  start(): void {
    this.#nextProbe(0);
  }

  /** Does not wait until it is time for the next question. */
  ask(): void {
    if (!this.#over) this.#nextProbe(0);
  }

  stop(): void {
    this.#over = true;
    this.#next?.cancel();
    this.#forgetProbes();
  }

  /** Whether a packet from there is from this PBX. Not by its `addresses`: those of several PBXs may lie in one block. */
  isAt({ address, port }: Endpoint): boolean {
    const at = this.#whereabouts.known?.remote;
    return at !== undefined && at.address === address && at.port === port;
  }

  /** When anything was last heard of it, a refusal included; null = never. */
  get heardMs(): MonotonicMs | null {
    return this.#heardMs;
  }

  /** A message came from it. */
  heard(refusal: boolean): void {
    this.#heardMs = this.#parts.clock.monotonic();
    if (!refusal && !this.#refusing) this.#answered();
  }

  #input(input: PbxInput): void {
    const from = this.#state;
    const { to, effects } = pbxStep(from, input);
    this.#state = to;
    if (to !== from) this.#stateMs = this.#parts.clock.monotonic();
    for (const effect of effects) this.#execute(effect);
    if (to !== from) this.#changed({ from, to });
  }

  #execute(effect: PbxEffect): void {
    const { log } = this.#parts;
    const { name } = this.peer;
    switch (effect) {
      case 'probe':
        return void this.#probe();
      case 'disconnect':
        return this.#disconnect();
      case 'tell-lost':
        return log.write('warning', 'pbx-lost', `The PBX ${name} is lost: ${this.#why}.`, { peer: name });
      case 'tell-back':
        return log.write('notice', 'pbx-back', `The PBX ${name} is back: it has answered for ${this.#times().returnMs / 1000} s.`, { peer: name });
    }
  }

  #disconnect(): void {
    const at = this.#whereabouts.known?.remote;
    if (this.peer.transport === 'tcp' && at !== undefined) this.#parts.disconnect(at);
  }

  #nextProbe(ms: number): void {
    this.#next?.cancel();
    if (this.#over) return;
    this.#next = this.#parts.clock.after('pbx-probe', ms, () => {
      this.#nextProbe(this.#pauseMs());
      this.#input('due');
    });
  }

  #pauseMs(): number {
    return probeAfterMs(this.#state, this.#unanswered, this.#times());
  }

  async #probe(): Promise<void> {
    const probe: Probe = { client: null, limit: null };
    probe.limit = this.#parts.clock.after('pbx-probe-limit', this.#times().limitMs, () => this.#missed(probe));
    this.#probes.add(probe);
    try {
      const hop = await this.#whereabouts.find();
      const local = await this.#parts.localFor(hop.remote.address);
      if (!this.#probes.has(probe)) return;
      this.#why = '';
      const request = probeRequest(this.peer, this.#series, (this.#cseq += 1), local.address, this.#parts.product);
      probe.client = this.#parts.layer.request(request, hop, {
        response: (response) => this.#response(response),
        failed: (_why, text) => this.#refused(text),
      });
    } catch (error) {
      // Counted as missed when its time is over: a name that cannot be found for a moment is no refusal.
      this.#why = String(error);
    }
  }

  #response(response: SipResponse): void {
    if (response.status < 200) return;
    this.#heardMs = this.#parts.clock.monotonic();
    this.#refusing = saysNo(response);
    if (this.#refusing) this.#refused(`it answers ${response.status} ${response.reason}`);
    else this.#answered();
  }

  /** What was asked before is no evidence of anything after. */
  #answered(): void {
    const hurried = this.#unanswered > 0 || this.#state === 'lost';
    this.#unanswered = 0;
    this.#why = '';
    this.#forgetProbes();
    const settled = this.#state === 'returning' && this.#parts.clock.monotonic() - this.#stateMs >= this.#times().returnMs;
    this.#input(settled ? 'settled' : 'answered');
    if (hurried) this.#nextProbe(this.#pauseMs());
  }

  #missed(probe: Probe): void {
    this.#forget(probe);
    this.#unanswered += 1;
    const spent = this.#unanswered >= this.#times().misses;
    if (spent) this.#why ||= this.#silence();
    this.#unsuccessful(spent ? 'spent' : 'missed');
  }

  #silence(): string {
    const probes = `${this.#unanswered} probes stayed without an answer`;
    return this.#heardMs === null ? probes : `${probes}, and nothing was heard of it for ${Math.round(this.#parts.clock.monotonic() - this.#heardMs)} ms`;
  }

  #refused(why: string): void {
    this.#forgetProbes();
    this.#unanswered += 1;
    this.#why = why;
    this.#unsuccessful('refused');
  }

  #unsuccessful(input: PbxInput): void {
    const first = this.#unanswered === 1;
    this.#input(input);
    if (first) this.#nextProbe(this.#pauseMs());
  }

  #forget(probe: Probe): void {
    this.#probes.delete(probe);
    probe.limit?.cancel();
    probe.client?.abandon();
  }

  #forgetProbes(): void {
    for (const probe of [...this.#probes]) this.#forget(probe);
  }
}
