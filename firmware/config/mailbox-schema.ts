import * as v from 'valibot';
import { choice, flag, text, wholeNumber, wholeNumberOrNull } from './schema-kinds.ts';
import * as form from './text-forms.ts';

/** Keys of a mailbox that say what it may do and holds. */
export const mailboxUseKeys = {
  members: v.optional(
    v.pipe(
      v.array(text({ is: form.mailboxNumber, about: 'Number of a mailbox.' })),
      v.maxLength(360),
      v.description('Makes this a group mailbox: numbers of the mailboxes whose owners collect its messages too, by its PIN or once they are in their own.'),
    ),
    [],
  ),
  memberLamps: flag({ default: false, about: 'Whether the lamps of its members count the messages of this group mailbox.' }),
  disabled: flag({ default: false, about: 'Whether the mailbox takes no messages any more, neither of callers nor of other owners; what it holds stays and can be heard.' }),
  quotaSec: wholeNumberOrNull({ unit: 's', min: 60, max: 36000, about: 'Recorded time that this mailbox holds; without it messages.mailboxMaxSec.' }),
  urgentByCallers: flag({ default: false, about: 'Whether callers may mark a message for this mailbox as urgent.' }),
  mayBroadcast: flag({ default: false, about: 'Whether its owner may send a message to all mailboxes.' }),
  trusted: v.optional(
    v.pipe(
      v.array(text({ is: form.dialledNumber, about: 'A calling number.' })),
      v.maxLength(16),
      v.description('Calling numbers beside its own that enter without a PIN; only in calls from peers that are trusted.'),
    ),
    [],
  ),
  pinAlways: flag({ default: false, about: 'Whether its PIN is asked for in any case, also of its own telephone.' }),
};

export const peerTrusted = flag({ default: false, about: 'Whether the calling numbers that this peer tells are true: owners who call from their own number enter without a PIN.' });

export const keepKeys = {
  newKeepHours: wholeNumber({ unit: 'h', min: 0, max: 8760, default: 0, about: 'New messages are deleted after so long; 0 means never.' }),
  unopenedKeepHours: wholeNumber({ unit: 'h', min: 0, max: 8760, default: 0, about: 'Messages of which only the header was heard are deleted after so long; 0 means never.' }),
  oldKeepHours: wholeNumber({ unit: 'h', min: 0, max: 8760, default: 0, about: 'Messages are deleted so long after they were heard; 0 means never. VoiceMail Pro has 36 in IP Office mode and 720 in Intuity mode.' }),
  savedKeepHours: wholeNumber({ unit: 'h', min: 0, max: 8760, default: 0, about: 'Messages are deleted so long after they were saved; 0 means never.' }),
};

const order = (which: string) => v.optional(choice(['fifo', 'lifo'], { about: `Order of ${which} messages: fifo plays the oldest first, lifo the newest.` }), 'fifo');
export const orderKeys = { newOrder: order('new'), oldOrder: order('old'), savedOrder: order('saved') };
