import { outgoingCall, shownAs } from '../calls/outgoing-call.ts';
import { noPeer, peerToCall } from '../calls/peer-to-call.ts';
import type { AskingCall } from '../calls/request-desk.ts';
import type { QueueSettings } from '../config/queue-settings.ts';
import { HalError } from '../../hal/errors.ts';
import type { AgentCallParts } from '../queues/agent-call.ts';
import { AgentCall } from '../queues/agent-call.ts';
import { AnnouncedValues } from '../queues/announced-values.ts';
import { QueueDesk } from '../queues/queue-desk.ts';
import type { AgentRow, QueuedRow, QueueRow } from '../queues/queue-rows.ts';
import { agentRows, queuedRows, queueRows } from '../queues/queue-rows.ts';
import { movedBy } from '../media/media-protocol.ts';
import { agentKey, numberOfAgent } from '../queues/queue-state.ts';
import type { WatchedPhone } from '../sip/dialog-events/dialog-watcher.ts';
import { addressTowards, rtpPortOf } from './local-media.ts';
import { watchPhones } from './watch-phones.ts';
import type { WholeUnit } from './whole-unit.ts';

/** The queues of a unit, and who watches their agents. */
export class UnitQueues {
  readonly desk: QueueDesk;
  readonly announced: AnnouncedValues;
  readonly #unit: WholeUnit;

  constructor(unit: WholeUnit) {
    const { clock, log, media } = unit.parts;
    this.#unit = unit;
    this.announced = new AnnouncedValues(clock);
    this.desk = new QueueDesk({
      clock,
      log,
      queues: () => unit.settings.queues,
      call: (agent, caller, handlers) => callAgent(unit, agent, caller, handlers),
      portLeft: () => unit.calls.ports.left('placed') > 0,
      join: (caller, agent) => {
        caller.channel.stopPlay();
        const { port, session } = { port: agent.port.index, session: agent.port.session };
        media.send({ type: 'join', port: caller.channel.port.index, session: caller.channel.port.session, with: { port, session } });
      },
    });
  }

  /** Follows the settings, from the start of the unit on. */
  apply(): void {
    watchPhones(this.#unit);
    this.desk.apply();
  }

  /** For people. */
  look(): { readonly rows: readonly QueueRow[]; readonly callers: readonly QueuedRow[]; readonly agents: readonly AgentRow[] } {
    const { parts: { clock }, settings: { queues }, sip } = this.#unit;
    const { state } = this.desk;
    const nowMs = clock.monotonic();
    return {
      rows: queueRows(state, queues, (queue) => this.desk.counters(queue), nowMs),
      callers: queuedRows(state, queues, nowMs),
      agents: agentRows(state, queues, (key) => sip.watchState(key), nowMs),
    };
  }
}

/** Each agent once, at the peer in use. */
export function agentPhones(unit: WholeUnit): WatchedPhone[] {
  const phones = unit.settings.queues.flatMap((queue) => {
    const peer = queue.watch ? peerToCall(unit.settings.peers, unit.sip.peers(), queue.peer) : null;
    return peer === null ? [] : queue.agents.map((agent) => ({ key: agentKey(queue, agent), number: agent, peer }));
  });
  return [...new Map(phones.map((phone) => [phone.key, phone])).values()];
}

/** Errors: HalError not-found, unreachable. */
async function callAgent(unit: WholeUnit, agent: string, caller: AskingCall, handlers: Omit<AgentCallParts, 'clock' | 'send' | 'dial' | 'silenceLimitSec' | 'released'>): Promise<AgentCall | null> {
  const { parts, settings } = unit;
  const number = numberOfAgent(agent);
  const peer = peerToCall(settings.peers, unit.sip.peers(), peerNameOf(settings.queues, agent));
  if (peer === null) throw new HalError('not-found', number, noPeer);
  const address = await addressTowards(unit, peer.host);
  const from = shownAs(caller.callerNumber, caller.callerName);
  return unit.calls.place((port, released) => new AgentCall({
    ...handlers, released,
    clock: parts.clock,
    silenceLimitSec: settings.rtp.timeoutSec,
    send: (command) => parts.media.send(command, movedBy(command)),
    dial: (own, told) => unit.sip.place(outgoingCall(peer, { number, from }, { address, rtpPort: rtpPortOf(unit, own), codecs: settings.rtp.codecs }), told),
  }, port));
}

const peerNameOf = (queues: readonly QueueSettings[], agent: string): string | null => queues.find((queue) => queue.agents.some((one) => agentKey(queue, one) === agent))?.peer ?? null;
