import type { OrderSettings, PlayOrder } from '../config/mailbox-settings.ts';
import type { Message } from './message.ts';

/** In which order messages are played: those of a broadcast first, then those with priority, each as the settings say. `messages`: oldest first. */
export function inPlayOrder(messages: readonly Message[], category: 'new' | 'old' | 'saved' | 'deleted', settings: OrderSettings): readonly Message[] {
  const order = orderOf(category, settings);
  const inOrder = order === 'fifo' ? [...messages] : [...messages].reverse();
  return inOrder.sort((left, right) => rank(left) - rank(right));
}

const orderOf = (category: 'new' | 'old' | 'saved' | 'deleted', { newOrder, oldOrder, savedOrder }: OrderSettings): PlayOrder =>
  category === 'new' ? newOrder : category === 'old' ? oldOrder : category === 'saved' ? savedOrder : 'lifo';

/** Only what was not heard yet is urgent. */
function rank({ state, sentAs, priority }: Message): number {
  if (state !== 'new' && state !== 'unopened') return 2;
  return sentAs === 'broadcast' ? 0 : priority === true ? 1 : 2;
}
