import { addressAgain, addressFrame } from '../collect/address.ts';
import type { Desk } from '../collect/collect-context.ts';
import type { DeliverFrame } from '../collect/deliver.ts';
import { deliverFrame } from '../collect/deliver.ts';
import { keyIn } from '../collect/keying.ts';
import type { Menu, MenuPlace } from '../collect/menu.ts';
import { askMenu, atStart, menuStep } from '../collect/menu.ts';
import { recordDraft } from '../collect/recording.ts';
import type { Machine, Result, Turn } from '../collect/turn.ts';
import { above, back, play, stay } from '../collect/turn.ts';
import { deliveryKeys, editKeys, recorderKeys } from '../key-maps/intuity-keys.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';
import type { Recipient } from '../requests/mailbox-requests.ts';
import { deliveryTime } from './delivery-time.ts';

/**
 *   recording <-> editing -> addressing -> delivery options -> sending
 *
 * `forwarded`: the message that this is the introduction of; null = it is one by itself. `to`: known from the start in a reply.
 */
export interface ComposeFrame {
  readonly name: 'compose';
  readonly phase: 'editing' | 'delivery';
  readonly as: DeliverFrame['as'];
  readonly forwarded: string | null;
  readonly to: readonly Recipient[];
  readonly recordedMs: number;
  readonly priority: boolean;
  readonly private: boolean;
  readonly atMs: number | null;
  /** Month and day of a later delivery, before its time of day is known. */
  readonly date: string | null;
  readonly place: MenuPlace;
}

export const composeFrame = (as: DeliverFrame['as'], to: readonly Recipient[], forwarded: string | null = null): ComposeFrame => ({
  name: 'compose', phase: 'editing', as, forwarded, to, recordedMs: 0, priority: false, private: false, atMs: null, date: null, place: atStart,
});

export const forwardWithWords = (id: string): ComposeFrame => composeFrame('forwarded', [], id);

export const compose: Machine<ComposeFrame> = {
  enter: (_desk, frame) => record(frame),
  step: (desk, frame, input) => (frame.phase === 'editing' ? menuStep(editing(desk, frame), frame.place, input) : menuStep(delivery(desk, frame), frame.place, input)),
  resume: (desk, frame, result) => (frame.phase === 'editing' ? edited(desk, frame, result) : delivered(desk, frame, result)),
};

const record = (frame: ComposeFrame): Turn => above(frame, recordDraft(frame.recordedMs, frame.recordedMs > 0 ? 'send.go-on' : 'send.record', recorderKeys));

function edited(desk: Desk, frame: ComposeFrame, result: Result): Turn {
  switch (result.kind) {
    case 'recorded':
      return askMenu(editing(desk, { ...frame, recordedMs: result.recordedMs }), result.first);
    case 'addressed':
      return options(desk, { ...frame, to: result.to });
    default:
      return frame.recordedMs === 0 ? back(result) : askMenu(editing(desk, frame), result.first);
  }
}

const editing = (desk: Desk, frame: ComposeFrame): Menu<'more' | 'play' | 'delete' | 'approve' | 'help' | 'main'> => ({
  keys: editKeys,
  help: ['send.edit-help'],
  at: (place) => ({ ...frame, place }),
  act(action): Turn {
    const calm: ComposeFrame = { ...frame, place: atStart };
    switch (action) {
      case 'more':
        return record(calm);
      case 'play':
        return stay(calm, play([{ draft: true, orElse: [] }, { pauseMs: 300 }, ...say('send.edit-help')]));
      case 'delete':
        return back({ kind: 'cancelled', first: say('send.deleted') }, { type: 'abandon-draft' });
      case 'approve':
        return frame.to.length > 0 ? options(desk, calm) : above(calm, addressFrame);
      case 'help':
        return askMenu(editing(desk, calm));
      case 'main':
        return { to: 'main', first: [] };
    }
  },
});

const options = (desk: Desk, frame: ComposeFrame, ...first: Phrase[]): Turn => askMenu(delivery(desk, { ...frame, phase: 'delivery' }), first);

const delivery = (desk: Desk, frame: ComposeFrame): Menu<'private' | 'priority' | 'later' | 'send' | 'cancel' | 'help'> => ({
  keys: deliveryKeys,
  help: ['send.delivery-help'],
  at: (place) => ({ ...frame, place }),
  act(action): Turn {
    const calm: ComposeFrame = { ...frame, place: atStart };
    switch (action) {
      case 'private':
        return options(desk, { ...calm, private: !frame.private }, ...say(frame.private ? 'send.not-private' : 'send.is-private'));
      case 'priority':
        return options(desk, { ...calm, priority: !frame.priority }, ...say(frame.priority ? 'send.not-priority' : 'send.is-priority'));
      case 'later':
        return desk.context.calendar === undefined ? options(desk, calm, ...say('try-later')) : above({ ...calm, date: null }, keyIn('send.enter-date'));
      case 'send':
        return above(calm, deliverFrame(content(desk, frame), frame.to.some((one) => 'all' in one) ? 'broadcast' : frame.as, frame.to, { priority: frame.priority, private: frame.private, atMs: frame.atMs }));
      case 'cancel':
        return back({ kind: 'cancelled', first: say('send.deleted') }, { type: 'abandon-draft' });
      case 'help':
        return options(desk, calm);
    }
  },
});

const content = ({ owner }: Desk, { forwarded }: ComposeFrame): DeliverFrame['content'] => (forwarded === null ? { draft: true } : { message: { mailbox: owner, id: forwarded }, introduced: true });

/** Back from sending, or from the date and the time of a later delivery. */
function delivered(desk: Desk, frame: ComposeFrame, result: Result): Turn {
  if (result.kind === 'done') return back(result);
  if (result.kind === 'unsent') return above({ ...frame, phase: 'editing', to: [] }, addressAgain(result.first));
  if (result.kind !== 'keyed') return options(desk, frame, ...result.first);
  if (frame.date === null) return result.digits === '' ? options(desk, { ...frame, atMs: null }, ...say('send.now')) : above({ ...frame, date: result.digits }, keyIn('send.enter-time'));
  const atMs = deliveryTime(desk.context.calendar, frame.date, result.digits);
  if (atMs === null) return options(desk, { ...frame, date: null }, ...say('send.past'));
  return options(desk, { ...frame, date: null, atMs }, { say: 'send.later-at' }, { dateTime: atMs }, { pauseMs: 200 });
}
