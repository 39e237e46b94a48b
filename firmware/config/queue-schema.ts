import * as v from 'valibot';
import { choice, flag, text, textOrNull, wholeNumber } from './schema-kinds.ts';
import * as form from './text-forms.ts';

/** Queues that the unit owns, and how a PBX tells of its own. Rules that join several keys are in `queue-rules.ts`. */

const headerName = (written: string, about: string) => v.optional(text({ is: form.headerName, about }), written);

export const queue = v.strictObject({
  number: text({ is: form.mailboxNumber, about: 'What is dialled, or transferred to, to get into the queue; the mailbox of this number takes those who wait too long.' }),
  name: v.optional(text({ is: form.personName, about: 'What the queue is called on the console.' }), ''),
  agents: v.pipe(
    v.array(text({ is: form.dialledNumber, about: 'Extension of an agent.' })),
    v.minLength(1),
    v.maxLength(64),
    v.description('Extensions of the agents, in the order in which they are tried by in-turn.'),
  ),
  peer: textOrNull({ is: form.peerName, about: 'Name of the PBX where the agents are called; without it the first in use that has a host.' }),
  ring: v.optional(
    choice(['longest-idle', 'in-turn', 'all'], { about: 'Who is called for the next caller: who has been free for the longest, the first in the list who is free, or all who are free at once.' }),
    'longest-idle',
  ),
  ringSec: wholeNumber({ unit: 's', min: 5, max: 120, default: 15, about: 'An agent who does not answer for so long is passed over for a minute.' }),
  firstSec: wholeNumber({ unit: 's', min: 0, max: 9999, default: 10, about: 'The announcement Queued is heard after so long; 0 means at once.' }),
  secondSec: wholeNumber({ unit: 's', min: 0, max: 9999, default: 20, about: 'The announcement Still Queued is heard so long after it; 0 means never.' }),
  everySec: wholeNumber({ unit: 's', min: 0, max: 9999, default: 20, about: 'Still Queued is repeated so often; 0 means never.' }),
  mostWaiting: wholeNumber({ unit: 'callers', min: 1, max: 100, default: 20, about: 'Callers who wait at the same time; further ones overflow at once.' }),
  mostWaitSec: wholeNumber({ unit: 's', min: 10, max: 7200, default: 600, about: 'A caller who has waited so long overflows.' }),
  overflow: textOrNull({ is: form.dialledNumber, about: 'Number at the PBX that gets callers who wait too long, or find no agent; without it the mailbox of the queue does.' }),
  breakoutKey: textOrNull({ is: form.oneKey, about: 'Key by which a waiting caller leaves a message instead; without one none does.' }),
  priority: v.optional(choice(['low', 'medium', 'high'], { about: 'Priority of those who dial the number; an agent of several queues takes the highest first.' }), 'medium'),
  music: v.optional(text({ is: form.personName, about: 'What waiting callers hear: ringing, silence, or the name of a recorded prompt, again and again; a prompt that is missing rings.' }), 'ringing'),
  watch: flag({ default: true, about: 'Whether agents are watched by dialog events (RFC 4235), so that busy ones are not called; a PBX without them refuses, and agents are tried.' }),
  together: flag({ default: false, about: 'Whether callers who are due at about the same time hear an announcement together.' }),
});

export const queued = v.strictObject({
  header: headerName('X-Queue-State', 'Header field of an INVITE that says that its caller waits in a queue of the PBX, and which announcement is due.'),
  queued: v.optional(text({ is: form.sipUser, about: 'Its value for the announcement Queued.' }), 'queued'),
  stillQueued: v.optional(text({ is: form.sipUser, about: 'Its value for the announcement Still Queued.' }), 'still-queued'),
  parameter: textOrNull({ is: form.headerName, about: 'Parameter of the Request-URI that says the same by the same values; without it only the header field does.' }),
  position: headerName('X-Queue-Position', 'Header field with the position of the caller, 1 being the next.'),
  eta: headerName('X-Queue-ETA', 'Header field with the time until an answer is expected, in seconds.'),
  waited: headerName('X-Queue-Waited', 'Header field with the time that the caller has waited, in seconds.'),
  call: headerName('X-Queue-Call', 'Header field that names the waiting call, the same in each of its announcements, so that nothing worse is announced than before.'),
  result: headerName('X-Queue-Result', 'Header field of the BYE by which the unit ends an announcement: back, the caller goes on waiting, or end, a flow wants the call to end.'),
});
