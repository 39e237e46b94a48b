import type { QueuePriority } from '../callflow/requests/queue-requests.ts';
import type { Settings } from '../config/settings.ts';
import type { Route } from './route-call.ts';

/** null: no queue of this unit has this number. */
export function routeToQueue(number: string, { queues, mailboxes }: Pick<Settings, 'queues' | 'mailboxes'>, priority: QueuePriority | null = null): Route | null {
  if (!queues.some((queue) => queue.number === number)) return null;
  return { to: 'queue', queue: number, mailbox: mailboxes.some((mailbox) => mailbox.number === number) ? number : null, priority };
}
