import * as v from 'valibot';
import { toneZones } from '../media/detect/tone-zones.ts';
import { choice, flag, text, textOrNull, wholeNumber, wholeNumberOrNull } from './schema-kinds.ts';
import * as form from './text-forms.ts';

/** Analog lines, and where calls on trunk lines go. Rules that join several keys are in `line-rules.ts`. */

export const line = v.strictObject({
  name: text({ is: form.peerName, about: 'Name of the line in logs, routes and on the console.' }),
  device: text({ is: form.lineDevice, about: "What it is plugged into: a name of the board's line ports, or a driver and the place it knows, like dahdi:1 or v253:/dev/ttyACM0." }),
  kind: choice(['trunk', 'phone'], { about: 'Whether a line of the exchange is plugged in (FXO), or a telephone (FXS).' }),
  number: textOrNull({ is: form.dialledNumber, about: 'Of a trunk: the number under which the exchange calls it, which is what did in incoming is compared with. Of a phone port: the number that rings it; the mailbox with this number is its own.' }),
  zone: v.optional(choice(Object.keys(toneZones).sort(), { about: 'Country whose tones and ringing are used and listened for, as ISO 3166 code.' }), 'us'),
  callerId: v.optional(
    choice(['none', 'bell', 'v23', 'dtmf'], { about: "How the caller's number comes on this line, or goes to the telephone: Bell 202 (North America), V.23 (most of Europe), DTMF, or not at all." }),
    'bell',
  ),
  answerAfterRings: wholeNumberOrNull({ unit: 'rings', min: 1, max: 10, about: 'Of a trunk: rings before a call is answered; without it 2, or 1 where callerId is none.' }),
  echoTailMs: wholeNumber({ unit: 'ms', min: 0, max: 128, default: 32, about: 'Longest echo that is cancelled, where the card can; 0 means none is.' }),
  heardDb: wholeNumber({ unit: 'dB', min: -12, max: 12, default: 0, about: 'Amplification of what is heard on the line.' }),
  sentDb: wholeNumber({ unit: 'dB', min: -12, max: 12, default: 0, about: 'Amplification of what is sent to the line.' }),
  modem: textOrNull({ is: form.peerName, about: 'Profile of a voice modem; without it the modem is asked what it is.' }),
  options: v.optional(
    v.pipe(v.array(text({ is: form.lineOption, about: 'One option.' })), v.maxLength(16), v.description('What the driver of the line alone understands, such as reversal=first of dahdi or law=PCMA of v253; the README of each driver lists them.')),
    [],
  ),
  disconnectTone: flag({ default: true, about: 'Of a trunk: whether a busy tone in a call says that the far end has hung up; it is cut off the end of the message.' }),
  silenceSec: wholeNumber({ unit: 's', min: 0, max: 600, default: 0, about: 'Of a trunk that shows a hang-up in no other way: silence of the caller after which a call is ended; 0 means never.' }),
  prefix: textOrNull({ is: form.numberPrefix, about: 'Of a trunk: what telephones of this unit, and the peers in dialOutPeers, dial before the number of a call that goes out on it; without one only emergency calls go out.' }),
  dialOutPeers: v.optional(
    v.pipe(v.array(text({ is: form.peerName, about: 'Name of a peer.' })), v.maxLength(64), v.description('Of a trunk: peers that may call out on it by its prefix. Each call costs the owner of the line.')),
    [],
  ),
  peer: textOrNull({ is: form.peerName, about: 'Of a phone port: name of the PBX where its calls go that are for nobody here.' }),
});

export const incomingRoute = v.strictObject({
  name: text({ is: form.peerName, about: 'Name of the route in logs and on the console.' }),
  line: textOrNull({ is: form.peerName, about: 'Name of the trunk line that the call came on; without it any.' }),
  did: textOrNull({ is: form.numberPrefix, about: "Beginning of the number that was called, which is the trunk's own number (loop-start lines carry no other); without it any." }),
  caller: textOrNull({ is: form.numberPrefix, about: "Beginning of the caller's number; without it any, and none." }),
  mailbox: textOrNull({ is: form.mailboxNumber, about: 'Mailbox that takes a message, or, where a queue has its number, the queue in which callers wait first; beside extension, where the call goes when nobody answers there; beside flow, the mailbox that the flow presumes.' }),
  collect: flag({ default: false, about: 'Whether callers collect messages, with mailbox number and PIN.' }),
  flow: textOrNull({ is: form.flowName, about: 'Name of a call flow that serves the call.' }),
  extension: textOrNull({ is: form.dialledNumber, about: 'Number that is called at peer; the line rings on until somebody answers.' }),
  peer: textOrNull({ is: form.peerName, about: 'Name of the PBX of extension.' }),
  afterSec: wholeNumber({ unit: 's', min: 5, max: 180, default: 20, about: 'The mailbox takes the call when the extension has not answered for so long.' }),
});
