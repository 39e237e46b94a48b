import * as v from 'valibot';
import { network } from './network-schema.ts';
import { flows } from './flow-schema.ts';
import { incomingRoute, line } from './line-schema.ts';
import { keepKeys, mailboxUseKeys, orderKeys, peerTrusted } from './mailbox-schema.ts';
import { mail, mailboxEmail, outcalling, outgoing } from './notify-schema.ts';
import { queue, queued } from './queue-schema.ts';
import { choice, flag, text, textOrNull, wholeNumber } from './schema-kinds.ts';
import type { Settings } from './settings.ts';
import { mailboxTelephone, telephone } from './telephone-schema.ts';
import * as form from './text-forms.ts';
import { breakout, transfers } from './transfer-schema.ts';

/**
 * The configuration file: every key with its unit, range, default and meaning. Keys that are not here are refused. Rules that
 * join several keys are in `cross-rules.ts`.
 */

/** Languages that the prompts exist in. */
export const languages: readonly string[] = ['en', 'de'];

const unit = v.strictObject({
  name: v.optional(text({ is: form.unitName, about: 'Name of this unit in logs and in the SIP messages it sends.' }), 'understudy'),
  language: v.optional(choice(languages, { about: 'Language of the prompts where a mailbox names none.' }), 'en'),
  timeZone: v.optional(text({ is: form.timeZone, about: 'Time zone of spoken and shown times.' }), 'UTC'),
});

const reserved = (about: string) => wholeNumber({ unit: 'ports', min: 0, max: 250, default: 0, about });

const reservations = v.strictObject({
  mailboxAccess: reserved('Set aside for owners who collect.'),
  leave: reserved('Set aside for callers who leave a message.'),
  autoAttendant: reserved('Set aside for call flows that are dialled by a short code.'),
  announcements: reserved('Set aside for announcements to callers in a queue of the PBX; without a port an announcement is left out.'),
  voiceRecording: reserved('Set aside for calls to numbers.recording; without a port the call is not recorded and goes on.'),
  mandatoryVoiceRecording: reserved('Set aside for calls to numbers.mandatoryRecording; without a port they are refused as busy.'),
});

const sip = v.strictObject({
  address: v.optional(text({ is: form.address, about: 'Local address to listen on; 0.0.0.0 or :: means all.' }), '0.0.0.0'),
  port: wholeNumber({ unit: 'port', min: 1, max: 65535, default: 5060, about: 'Port to listen on, for UDP and TCP alike.' }),
  udp: flag({ default: true, about: 'Whether SIP is spoken on UDP.' }),
  tcp: flag({ default: true, about: 'Whether SIP is spoken on TCP.' }),
  publicAddress: textOrNull({ is: form.address, about: 'Address told to peers in place of the local one, behind a NAT.' }),
  sessionExpiresSec: wholeNumber({ unit: 's', min: 90, max: 86400, default: 1800, about: 'Session timer asked for: a call whose far end vanished ends within it (RFC 4028).' }),
  minSessionExpiresSec: wholeNumber({ unit: 's', min: 90, max: 86400, default: 90, about: 'Shortest session timer accepted from a peer (RFC 4028 Min-SE).' }),
  maxTcpConnections: wholeNumber({ unit: 'connections', min: 1, max: 1024, default: 64, about: 'TCP connections held at the same time; further ones are refused.' }),
  watchMs: wholeNumber({ unit: 'ms', min: 100, max: 10000, default: 500, about: 'A PBX that has a backup, or is one, is asked this often whether it is there; ten times as often as soon as one question was not answered.' }),
  watchMisses: wholeNumber({ unit: 'questions', min: 3, max: 50, default: 12, about: 'Questions in a row without an answer after which a PBX is lost and its backup is used; with the standard values that is seen within 1.7 s.' }),
  returnSec: wholeNumber({ unit: 's', min: 1, max: 3600, default: 10, about: 'A PBX that was lost must answer for so long before it is used again, so that one that restarts or flaps moves nothing back and forth.' }),
});

const rtp = v.strictObject({
  firstPort: wholeNumber({ unit: 'port', min: 1024, max: 65534, step: 2, default: 16384, about: 'First of the audio ports: two for each voicemail port, RTP on the even one and RTCP on the odd one.' }),
  codecs: v.optional(
    v.pipe(
      v.array(v.picklist(['PCMU', 'PCMA'])),
      v.minLength(1),
      v.maxLength(2),
      v.description('Voice codecs offered and accepted, best first.'),
    ),
    ['PCMU', 'PCMA'],
  ),
  timeoutSec: wholeNumber({ unit: 's', min: 0, max: 3600, default: 60, about: 'A call that sends no audio for so long, and is not on hold, is ended; 0 means never.' }),
  silentPacketMs: wholeNumber({ unit: 'ms', min: 10, max: 1000, default: 200, about: 'A packet of silence goes out this often while a caller is recorded; 10 sends all of them.' }),
});

const register = v.pipe(
  v.strictObject({
    user: text({ is: form.sipUser, about: 'User part of the address that is registered.' }),
    authUser: v.optional(text({ is: form.sipUser, about: 'User name for digest authentication; the same as user if absent.' })),
    password: text({ is: form.password, secret: true, about: 'Password for digest authentication.' }),
    expiresSec: wholeNumber({ unit: 's', min: 60, max: 86400, default: 3600, about: 'Lifetime asked for; it is refreshed in time.' }),
  }),
  v.transform((written) => ({ ...written, authUser: written.authUser ?? written.user })),
);

export const peer = v.strictObject({
  name: text({ is: form.peerName, about: 'Name of the peer in logs and on the console.' }),
  addresses: v.pipe(
    v.array(text({ is: form.addressBlock, about: 'An address or a block of addresses.' })),
    v.minLength(1),
    v.maxLength(32),
    v.description('Addresses or blocks that the packets of this peer come from; packets from anywhere else are dropped silently.'),
  ),
  host: textOrNull({ is: form.host, about: 'Where requests to this peer go (lamps, registration).' }),
  port: wholeNumber({ unit: 'port', min: 1, max: 65535, default: 5060, about: 'Port of host.' }),
  transport: v.optional(choice(['udp', 'tcp'], { about: 'Transport of requests to this peer.' }), 'udp'),
  trusted: peerTrusted,
  backupOf: textOrNull({ is: form.peerName, about: 'Name of the PBX that this one stands in for: the unit registers here and tells its lamps here only while that one is lost.' }),
  lamps: v.optional(
    choice(['notify', 'subscribe', 'none'], {
      about: 'Message lamps: notify tells host of each change unasked, subscribe tells who subscribed, none tells nobody.',
    }),
    'subscribe',
  ),
  register: v.optional(
    v.pipe(v.nullable(register), v.description('Registration of this unit at the peer; without it there is none.')),
    null,
  ),
  queued: v.optional(v.pipe(v.nullable(queued), v.description('How the peer tells of callers who wait in its own queues and are to hear an announcement; without it there are none.')), null),
});

const dialledNumbers = (about: string) => v.optional(v.pipe(v.array(text({ is: form.dialledNumber, about: 'A dialled number.' })), v.maxLength(16), v.description(about)), []);

const numbers = v.strictObject({
  collect: v.optional(
    v.pipe(
      v.array(text({ is: form.dialledNumber, about: 'A dialled number.' })),
      v.maxLength(16),
      v.description('Dialled numbers that reach message collection; quote those that begin with *.'),
    ),
    ['*17'],
  ),
  emergency: v.optional(
    v.pipe(
      v.array(text({ is: form.numberPrefix, about: 'An emergency number.' })),
      v.maxLength(32),
      v.description('Where the unit has lines: numbers that go out on a trunk line at once, whoever dials them; without a trunk they go to the peer of the telephone.'),
    ),
    ['112', '911'],
  ),
  recording: dialledNumbers('Numbers at which the PBX has calls recorded; where no port is left the recorded call goes on.'),
  mandatoryRecording: dialledNumbers('Numbers at which the PBX has calls recorded that must not be made unrecorded; where no port is left they are refused as busy.'),
});

const messages = v.strictObject({
  // 0 would store every hang-up after the beep as a message; 3 loses real ones such as "call me back".
  minSec: wholeNumber({ unit: 's', min: 0, max: 10, default: 2, about: 'Shorter messages are dropped: the caller hung up without speaking.' }),
  maxSec: wholeNumber({ unit: 's', min: 1, max: 3600, default: 120, about: 'Recording stops after so long.' }),
  silenceSec: wholeNumber({ unit: 's', min: 0, max: 60, default: 7, about: 'Recording stops after so much silence; 0 means never.' }),
  silenceDbm0: wholeNumber({ unit: 'dBm0', min: -70, max: -20, default: -42, about: 'Quieter audio than this counts as silence.' }),
  mailboxMaxSec: wholeNumber({ unit: 's', min: 60, max: 36000, default: 3600, about: 'Recorded time that one mailbox holds.' }),
  mailboxMaxMessages: wholeNumber({ unit: 'messages', min: 1, max: 400, default: 400, about: 'Messages that one mailbox holds.' }),
  deletedKeepHours: wholeNumber({ unit: 'h', min: 0, max: 720, default: 24, about: 'Deleted messages can be brought back for so long.' }),
  ...keepKeys,
  ...orderKeys,
  reserveMiB: wholeNumber({ unit: 'MiB', min: 4, max: 65536, default: 32, about: 'Free space always kept back; below it callers hear that the mailbox is full.' }),
});

const pins = v.strictObject({
  minLength: wholeNumber({ unit: 'digits', min: 4, max: 15, default: 6, about: 'Shortest PIN that owners may choose.' }),
  triesPerCaller: wholeNumber({ unit: 'tries', min: 3, max: 1000, default: 20, about: 'Wrong PINs of one calling number, for whichever mailboxes, before it is refused for as long as a mailbox would be locked.' }),
  triesPerCall: wholeNumber({ unit: 'tries', min: 1, max: 10, default: 3, about: 'Wrong PINs before the call is ended.' }),
  triesBeforeLock: wholeNumber({ unit: 'tries', min: 1, max: 20, default: 5, about: 'Wrong PINs over all calls before the mailbox is locked.' }),
  lockMin: wholeNumber({ unit: 'min', min: 1, max: 1440, default: 5, about: 'First lock of a mailbox; each further one lasts twice as long, up to a day.' }),
});

const console = v.strictObject({
  idleMin: wholeNumber({ unit: 'min', min: 0, max: 1440, default: 10, about: 'Idle console sessions are logged out after so long; 0 means never.' }),
});

const entitlement = v.strictObject({
  issuerKey: textOrNull({ is: form.ed25519Key, about: 'Public key of who grants rights to units; without one everything is allowed.' }),
  file: textOrNull({ is: form.filePath, about: 'The rights of this unit, signed by that key; read at the start and on each reload.' }),
});

const witness = v.strictObject({
  address: text({ is: form.address, about: 'Address of the witness.' }),
  port: wholeNumber({ unit: 'port', min: 1, max: 65535, default: 5072, about: 'Port of the witness (UDP).' }),
  name: text({ is: form.peerName, about: "The pair's name in the witness's file, the same on both units." }),
  secret: text({ is: form.witnessSecret, secret: true, about: "The pair's secret in the witness's file, the same on both units." }),
});

const serial = v.strictObject({
  device: text({ is: form.filePath, about: 'Device of the line, like /dev/ttyS1.' }),
  baud: wholeNumber({ unit: 'bit/s', min: 1200, max: 4_000_000, default: 115_200, about: 'Speed of the line, the same on both units.' }),
});

const health = v.strictObject({
  everySec: wholeNumber({ unit: 's', min: 1, max: 60, default: 5, about: 'A round of health checks begins so long after the last one.' }),
  watchdogSec: wholeNumber({ unit: 's', min: 3, max: 300, default: 30, about: 'A unit that hangs, or is past help, is restarted after so long by what watches it: systemd, or the watchdog device.' }),
});

const pair = v.strictObject({
  rank: choice(['primary', 'backup'], { about: 'Which of the two this unit is: the primary serves, the backup takes over.' }),
  partner: v.pipe(
    v.array(text({ is: form.address, about: 'An address of the partner.' })),
    v.minLength(1),
    v.maxLength(4),
    v.description('Addresses of the partner, one for each way to it; the partner is taken for dead only when all ways are silent.'),
  ),
  port: wholeNumber({ unit: 'port', min: 1, max: 65533, default: 5070, about: 'Port of the heartbeat (UDP) and of pairing (TCP), the same on both units; what the two tell each other goes by TCP on the next one.' }),
  serial: v.optional(v.pipe(v.nullable(serial), v.description('A serial line between the two units, one way more for the heartbeat.')), null),
  beatMs: wholeNumber({ unit: 'ms', min: 10, max: 1000, default: 25, about: 'A heartbeat is sent this often on each way, the same on both units.' }),
  misses: wholeNumber({ unit: 'beats', min: 4, max: 100, default: 16, about: 'Beats missed on all ways after which the partner is taken for dead.' }),
  sharedAddress: textOrNull({ is: form.interfaceAddress, about: 'Address that the serving unit of the two holds; without one the PBX chooses the unit by OPTIONS and registration.' }),
  interface: textOrNull({ is: form.interfaceName, about: 'Network interface that gets the shared address.' }),
  references: v.optional(
    v.pipe(
      v.array(text({ is: form.address, about: 'An address that answers pings.' })),
      v.maxLength(4),
      v.description('Routers or servers that tell a unit that was cut off from a partner that died: a backup that sees neither these nor a PBX does not take over.'),
    ),
    [],
  ),
  witness: v.optional(v.pipe(v.nullable(witness), v.description('A third machine that both units reach, which grants takeovers while it answers; a unit that serves never needs it.')), null),
  failback: v.optional(
    choice(['manual', 'graceful', 'automatic'], { about: 'When the returned primary takes over again: when told to, when the backup has no call, or when it has no call but at the latest after failbackAfterMin.' }),
    'graceful',
  ),
  failbackAfterMin: wholeNumber({ unit: 'min', min: 1, max: 60, default: 10, about: 'Latest automatic failback.' }),
  syncKbps: wholeNumber({ unit: 'kbit/s', min: 32, max: 100_000, default: 64, about: 'Most that this unit sends to its partner to keep greetings, PINs and settings the same and to bring messages over; 64 leaves room for four calls on a line of 512 kbit/s.' }),
  messages: v.optional(
    choice(['none', 'homecoming', 'mirror'], { about: 'Messages that the backup took stay there, or come home in the background once the primary serves again; or a mirror: every message and what becomes of it comes to the other unit in the background, for which syncKbps must hold all that callers say. Where the two units differ, the lesser holds.' }),
    'homecoming',
  ),
  calls: v.optional(
    choice(['end', 'follow'], { about: 'What becomes of calls in progress when the other unit takes over: they end with the unit that has them, or go on at the one that gets the shared address; the same on both units.' }),
    'end',
  ),
});

const broker = v.strictObject({
  host: text({ is: form.host, about: 'Where the broker is.' }),
  port: wholeNumber({ unit: 'port', min: 1, max: 65535, default: 8883, about: 'Port of the broker: 8883 by custom, 1883 in the clear.' }),
  tls: flag({ default: true, about: 'Whether the broker is spoken to over TLS, where this unit shows the certificate of its identity; false is in the clear.' }),
  authority: textOrNull({ is: form.filePath, about: 'PEM file of the authority that vouches for the broker; without it those count that the machine trusts.' }),
  user: textOrNull({ is: form.sipUser, about: 'User name at the broker, where it asks for one.' }),
  password: v.optional(v.pipe(v.nullable(text({ is: form.password, secret: true, about: 'Password at the broker.' })), v.description('Password at the broker.')), null),
  keepAliveSec: wholeNumber({ unit: 's', min: 5, max: 600, default: 30, about: 'A connection to the broker that is silent for half as long again is lost; then the broker tells the others that the unit is gone.' }),
});

const estate = v.strictObject({
  site: text({ is: form.siteName, about: 'Name of the site in the estate; both units of a pair have the same.' }),
  broker: v.pipe(broker, v.description('The MQTT broker that carries news of the estate.')),
  commandKeys: v.optional(
    v.pipe(
      v.array(text({ is: form.ed25519Key, about: 'An ed25519 public key.' })),
      v.maxLength(8),
      v.description('Public keys of those who may send commands by the broker; without one nobody may.'),
    ),
    [],
  ),
});

const central = v.strictObject({
  addresses: v.pipe(
    v.array(text({ is: form.address, about: 'An address of the central unit, or of its backup.' })),
    v.minLength(1),
    v.maxLength(4),
    v.description('Addresses of the central unit of the site and of its backup; messages go to the one that serves.'),
  ),
  port: wholeNumber({ unit: 'port', min: 1, max: 65533, default: 5070, about: 'What the central unit has as pair.port: joining is there (TCP), all else two ports above (TCP).' }),
  collectAt: text({ is: form.collectTarget, about: 'Where owners are sent who want to collect while the central unit is there: a SIP URI, or a number that the PBX of the caller routes to the central unit.' }),
  aliveMs: wholeNumber({ unit: 'ms', min: 200, max: 10000, default: 1000, about: 'The central unit is asked this often whether it is there.' }),
  misses: wholeNumber({ unit: 'questions', min: 5, max: 50, default: 8, about: 'Questions in a row without an answer after which the central unit is away and this one lets owners collect what it holds.' }),
  returnSec: wholeNumber({ unit: 's', min: 1, max: 3600, default: 10, about: 'A central unit that was away must answer for so long before owners are sent there again.' }),
  syncKbps: wholeNumber({ unit: 'kbit/s', min: 32, max: 100_000, default: 64, about: 'Most that this unit sends to the central unit: messages, greetings, PINs and settings; 64 leaves room for four calls on a line of 512 kbit/s.' }),
});

export const mailbox = v.strictObject({
  number: text({ is: form.mailboxNumber, about: 'Number of the mailbox: what callers dial and owners key in.' }),
  name: v.optional(text({ is: form.personName, about: 'Whose mailbox it is.' }), ''),
  language: v.optional(v.pipe(v.nullable(choice(languages, { about: 'Language of the prompts.' })), v.description('Language of the prompts of this mailbox; without it the unit\'s.')), null),
  peer: textOrNull({ is: form.peerName, about: 'Name of the PBX that is told the lamp of this mailbox; without it every PBX that is told lamps.' }),
  ...mailboxTelephone,
  ...mailboxUseKeys,
  ...mailboxEmail,
  breakout: v.optional(v.pipe(breakout, v.description('Where keys lead callers in the greeting of this mailbox; without them where the unit says.')), {}),
});

/** A section and what it is about. */
const section = <const Keys extends v.GenericSchema>(keys: Keys, sentence: string) => v.pipe(keys, v.description(sentence));

/**
 * peers and mailboxes have no default: an empty or cut-off file must be a fault, not a unit that answers nobody.
 */
export const schema = v.strictObject({
  unit: v.optional(section(unit, 'The unit itself.'), {}),
  ports: wholeNumber({ unit: 'ports', min: 1, max: 250, default: 40, about: 'Calls served at the same time; memory is set aside for them at the start.' }),
  reservations: v.optional(section(reservations, 'Ports set aside for classes of calls: a class can always have so many, and shares what is set aside for nobody.'), {}),
  network: v.optional(section(network, 'Network of an appliance; on other machines the machine\'s own settings count.'), {}),
  sip: v.optional(section(sip, 'Signalling.'), {}),
  rtp: v.optional(section(rtp, 'Audio.'), {}),
  peers: v.pipe(v.array(peer), v.maxLength(64), v.description('PBXs, gateways and telephones that are served; all others are ignored.')),
  numbers: v.optional(section(numbers, 'Dialled numbers with a meaning.'), {}),
  messages: v.optional(section(messages, 'Limits of recording and storage.'), {}),
  transfers: v.optional(section(transfers, 'Calls that are handed to somebody else.'), {}),
  breakout: v.optional(section(breakout, 'Where keys lead callers in the greeting of a mailbox.'), {}),
  pins: v.optional(section(pins, 'PINs of the owners.'), {}),
  telephone: v.optional(section(telephone, 'Telephone menus of the owners.'), {}),
  console: v.optional(section(console, 'The console.'), {}),
  entitlement: v.optional(section(entitlement, 'Rights of this unit, where somebody issues them.'), {}),
  health: v.optional(section(health, 'Health checks and the watchdog.'), {}),
  pair: v.optional(v.pipe(v.nullable(pair), v.description('The pair: this unit and its partner. Without it the unit stands alone.')), null),
  estate: v.optional(v.pipe(v.nullable(estate), v.description('The estate: a broker that this unit tells where its site stands, that it is there, and its alarms. Without it there is none.')), null),
  central: v.optional(v.pipe(v.nullable(central), v.description('The central unit that this unit records for; with it this unit is a distributed one. Without it the unit keeps its messages.')), null),
  flows: v.optional(section(flows, 'What call flows may reach beyond the unit.'), {}),
  lines: v.optional(v.pipe(v.array(line), v.maxLength(64), v.description('Analog lines: trunks of the exchange and ports for telephones.')), []),
  incoming: v.optional(v.pipe(v.array(incomingRoute), v.maxLength(200), v.description('Where calls on trunk lines go; the first route that matches counts.')), []),
  mail: v.optional(v.pipe(v.nullable(mail), v.description('The server by which the unit sends mail. Without it there is none.')), null),
  outgoing: v.optional(section(outgoing, 'Calls that the unit places by itself.'), {}),
  outcalling: v.optional(section(outcalling, 'Hours of calls about messages, for owners to choose.'), {}),
  queues: v.optional(v.pipe(v.array(queue), v.maxLength(32), v.description('Queues that this unit owns: callers wait on music for one of the agents.')), []),
  mailboxes: v.pipe(v.array(mailbox), v.maxLength(2000), v.description('Mailboxes of this unit.')),
});

type Output = v.InferOutput<typeof schema>;
type DeepReadonly<T> = T extends (infer Item)[] ? readonly DeepReadonly<Item>[] : T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Stands only while the schema yields exactly `Settings`. */
export const schemaYieldsSettings: Same<DeepReadonly<Output>, Settings> = true;
