import type { Conflict, Draft } from './cross-rules.ts';
import type { IncomingRouteSettings, LineSettings } from './line-settings.ts';

/** Rules of analog lines and of the routes of their calls. */
export const lineRules: readonly ((draft: Draft) => Conflict[])[] = [
  ({ lines }) => once('lines', lines, ({ name }) => name, 'name', 'line name'),
  ({ lines }) => once('lines', lines, ({ device }) => device, 'device', 'device'),
  ({ lines }) => once('lines', lines, ({ kind, number }) => (kind === 'phone' ? number : null), 'number', 'number'),
  ({ incoming }) => once('incoming', incoming, ({ name }) => name, 'name', 'route name'),
  phonesHaveNumbers,
  phoneNumbersDoNotCollect,
  linePeersExist,
  optionsOnce,
  routesGoSomewhere,
  routesComeFromTrunks,
  routesMayMatch,
  trunksHaveARoute,
];

function phonesHaveNumbers({ lines }: Draft): Conflict[] {
  return lines.flatMap((line, index) => (line?.kind === 'phone' && line.number === null ? [conflict(['lines', index, 'number'], 'nobody could call this telephone', 'add number')] : []));
}

function phoneNumbersDoNotCollect({ lines, numbers }: Draft): Conflict[] {
  return lines.flatMap((line, index) =>
    line?.kind === 'phone' && line.number !== null && numbers?.collect.includes(line.number) === true ? [conflict(['lines', index, 'number'], `${line.number} is a collect number too`, 'use another number for one of the two')] : [],
  );
}

function linePeersExist({ lines, peers }: Draft): Conflict[] {
  return lines.flatMap((line, index) => peerConflict(line?.peer ?? null, peers, ['lines', index, 'peer']));
}

function optionsOnce({ lines }: Draft): Conflict[] {
  return lines.flatMap((line, index) => {
    const keys = [...(line?.options ?? []), ...(line === null || line.modem === null ? [] : ['profile='])].map((option) => option.split('=', 1)[0]);
    return keys.flatMap((key, at) => (keys.indexOf(key) < at ? [conflict(['lines', index, 'options'], `the option ${key} is given twice`, key === 'profile' ? 'remove modem, or the option' : 'remove one of the two')] : []));
  });
}

function routesGoSomewhere({ incoming, peers, mailboxes }: Draft): Conflict[] {
  return incoming.flatMap((route, index) => (route === null ? [] : targetConflicts(route, ['incoming', index], { peers, mailboxes })));
}

function targetConflicts(route: IncomingRouteSettings, at: Conflict['path'], { peers, mailboxes }: Pick<Draft, 'peers' | 'mailboxes'>): Conflict[] {
  const { mailbox, collect, extension, peer, flow } = route;
  if (mailbox === null && !collect && extension === null && flow === null) return [conflict(at, 'the route leads nowhere', 'add mailbox, flow, extension or collect: true')];
  if (flow !== null && (collect || extension !== null)) return [conflict([...at, 'flow'], 'a flow is what serves the call', 'remove flow, or the other')];
  if (collect && (mailbox !== null || extension !== null)) return [conflict([...at, 'collect'], 'callers cannot both collect and be put through', 'remove collect, or the other')];
  if (extension !== null && peer === null) return [conflict([...at, 'extension'], 'nobody could say where this number is called', 'add peer')];
  if (extension === null && peer !== null) return [conflict([...at, 'peer'], 'there is no extension to call there', 'add extension, or remove peer')];
  const unknown = mailbox !== null && !mailboxes.includes(null) && !mailboxes.some((one) => one?.number === mailbox);
  return [...(unknown ? [conflict([...at, 'mailbox'], `there is no mailbox ${mailbox}`, 'use the number of a mailbox')] : []), ...peerConflict(peer, peers, [...at, 'peer'])];
}

function peerConflict(name: string | null, peers: Draft['peers'], at: Conflict['path']): Conflict[] {
  if (name === null) return [];
  const peer = peers.find((one) => one?.name === name);
  if (peer === undefined) return peers.includes(null) ? [] : [conflict(at, `there is no peer named ${name}`, 'use the name of a peer')];
  return peer?.host === null ? [conflict(at, `${name} has no host, so it cannot be called`, `add host to ${name}`)] : [];
}

function routesComeFromTrunks({ incoming, lines }: Draft): Conflict[] {
  return incoming.flatMap((route, index) => {
    if (route === null || route.line === null || lines.includes(null)) return [];
    const line = lines.find((one) => one?.name === route.line);
    if (line === undefined) return [conflict(['incoming', index, 'line'], `there is no line named ${route.line}`, 'use the name of a trunk line')];
    return line?.kind === 'phone' ? [conflict(['incoming', index, 'line'], `${route.line} is a phone port, and its calls are dialled`, 'use the name of a trunk line')] : [];
  });
}

/** A route that never counts is a mistake: an earlier one takes all, or there is nothing to compare with. */
function routesMayMatch({ incoming, lines }: Draft): Conflict[] {
  if (lines.includes(null)) return [];
  return incoming.flatMap((route, index) => {
    if (route === null) return [];
    const trunks = trunksOf(route, lines);
    if (route.did !== null && !trunks.some((line) => calledBy(line, route.did))) return [conflict(['incoming', index, 'did'], 'no trunk that it could be has such a number', 'add number to the line, or remove did')];
    if (route.caller !== null && trunks.length > 0 && trunks.every(({ callerId }) => callerId === 'none')) return [conflict(['incoming', index, 'caller'], 'its lines have callerId none, so no caller is known there', 'set callerId, or remove caller')];
    const earlier = incoming.findIndex((other, at) => at < index && other !== null && covers(other, route));
    return earlier < 0 ? [] : [conflict(['incoming', index], `incoming[${earlier}] takes all of its calls`, 'remove one of the two, or put the special one first')];
  });
}

const covers = (first: IncomingRouteSettings, later: IncomingRouteSettings): boolean =>
  (first.line === null || first.line === later.line) && prefixCovers(first.did, later.did) && prefixCovers(first.caller, later.caller);

const prefixCovers = (first: string | null, later: string | null): boolean => first === null || (later !== null && later.startsWith(first));

/** Every caller must arrive somewhere: a trunk without a route for all would ring for ever. */
function trunksHaveARoute({ lines, incoming }: Draft): Conflict[] {
  if (incoming.includes(null)) return [];
  return lines.flatMap((line, index) => {
    if (line === null || line.kind === 'phone') return [];
    const mine = incoming.filter((route) => route !== null && (route.line === null || route.line === line.name) && (route.did === null || calledBy(line, route.did)));
    if (mine.some((route) => route?.caller === null)) return [];
    const why = mine.length === 0 ? 'no route of incoming says where its calls go' : 'the routes of incoming say where calls of some callers go, and nothing of the others';
    return [conflict(['lines', index], why, `add to incoming: { name: NAME, line: ${line.name}, mailbox: NUMBER }`)];
  });
}

const trunksOf = (route: IncomingRouteSettings, lines: Draft['lines']): LineSettings[] =>
  lines.filter((line): line is LineSettings => line !== null && line.kind === 'trunk' && (route.line === null || route.line === line.name));

const calledBy = ({ number }: LineSettings, did: string | null): boolean => did !== null && number !== null && number.startsWith(did);

function once<Item>(list: 'lines' | 'incoming', items: readonly (Item | null)[], of: (item: Item) => string | null, key: string, what: string): Conflict[] {
  return items.flatMap((item, index) => {
    const text = item === null ? null : of(item);
    if (text === null) return [];
    const first = items.findIndex((other) => other !== null && of(other) === text);
    return first === index ? [] : [conflict([list, index, key], `the ${what} ${text} is taken by ${list}[${first}]`, 'use another')];
  });
}

function conflict(path: Conflict['path'], message: string, suggestion: string | null): Conflict {
  return { path, message, suggestion };
}
