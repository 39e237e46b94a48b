import type { Conflict, Draft } from './cross-rules.ts';
import type { QueueSettings } from './queue-settings.ts';

/** Rules of the queues that the unit owns. */
export const queueRules: readonly ((draft: Draft) => Conflict[])[] = [numbersOnce, numbersAreFree, agentsOnce, peersExist, overflowGoesElsewhere, breakoutHasAMailbox];

type Check = (queue: QueueSettings, index: number) => Conflict[];

const each = ({ queues }: Draft, check: Check): Conflict[] => queues.flatMap((queue, index) => (queue === null ? [] : check(queue, index)));

function numbersOnce(draft: Draft): Conflict[] {
  return each(draft, ({ number }, index) => {
    const first = draft.queues.findIndex((other) => other?.number === number);
    return first === index ? [] : [conflict(index, ['number'], `the number ${number} is taken by queues[${first}]`, 'use another')];
  });
}

function numbersAreFree(draft: Draft): Conflict[] {
  return each(draft, ({ number }, index) => {
    const collects = draft.numbers?.collect.includes(number) === true;
    const phone = draft.lines.some((line) => line?.kind === 'phone' && line.number === number);
    return collects || phone ? [conflict(index, ['number'], `${number} is ${collects ? 'a collect number' : 'the number of a telephone of this unit'} too`, 'use another number for one of the two')] : [];
  });
}

function agentsOnce(draft: Draft): Conflict[] {
  return each(draft, ({ agents, number }, index) =>
    agents.flatMap((agent, at) => {
      if (agents.indexOf(agent) < at) return [conflict(index, ['agents', at], `the agent ${agent} is there twice`, 'remove one of the two')];
      return agent === number || draft.queues.some((other) => other?.number === agent) ? [conflict(index, ['agents', at], `${agent} is the number of a queue`, 'use the extension of an agent')] : [];
    }),
  );
}

function peersExist(draft: Draft): Conflict[] {
  if (draft.peers.includes(null)) return [];
  return each(draft, ({ peer }, index) => {
    const known = draft.peers.find((one) => one?.name === peer);
    if (peer === null) return draft.peers.some((one) => one?.host != null) ? [] : [conflict(index, [], 'no peer has a host, so no agent can be called', 'add host to a peer')];
    if (known === undefined) return [conflict(index, ['peer'], `there is no peer named ${peer}`, 'use the name of a peer')];
    return known?.host === null ? [conflict(index, ['peer'], `${peer} has no host, so it cannot be called`, `add host to ${peer}`)] : [];
  });
}

function overflowGoesElsewhere(draft: Draft): Conflict[] {
  return each(draft, ({ overflow }, index) =>
    overflow !== null && draft.queues.some((other) => other?.number === overflow) ? [conflict(index, ['overflow'], `${overflow} is the number of a queue: callers would go round and round`, 'use another number')] : [],
  );
}

function breakoutHasAMailbox(draft: Draft): Conflict[] {
  if (draft.mailboxes.includes(null)) return [];
  return each(draft, ({ breakoutKey, number }, index) =>
    breakoutKey !== null && !draft.mailboxes.some((mailbox) => mailbox?.number === number) ? [conflict(index, ['breakoutKey'], `there is no mailbox ${number} to leave a message in`, `add mailbox ${number}, or remove breakoutKey`)] : [],
  );
}

const conflict = (index: number, path: Conflict['path'], message: string, suggestion: string): Conflict => ({ path: ['queues', index, ...path], message, suggestion });
