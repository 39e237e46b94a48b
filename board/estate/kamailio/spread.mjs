#!/usr/bin/env node
// Writes what Kamailio and the units need so that calls are spread over several units. See README.md here.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { assignSlots, slotName, slotOf } from './slots.mjs';

/** Sets of the dispatcher: n = unit n as it is now, 1000 + n = the same whatever the probes say, backup first. */
const ANYWAY = 1000;
const MOST_UNITS = 64;

export class SpreadError extends Error {}

/** All files by name, for a folder. `before` is the text of slots.json of last time, or null. Throws SpreadError with every fault, a line each. */
export function spreadFiles(text, folder, before) {
  const estate = parse(text);
  const faults = faultsOf(estate);
  if (faults.length > 0) throw new SpreadError(faults.join('\n'));
  const units = estate.units.map(({ name }) => name);
  const slots = assignSlots(units, before === null ? [] : JSON.parse(before));
  const mailboxes = estate.mailboxes.flatMap(numbers);
  const lists = estate.units.map(({ name }) => [`mailboxes-${name}.yaml`, mailboxList(name, mailboxes.filter((mailbox) => slots[Number.parseInt(slotOf(mailbox), 16)] === name))]);
  return new Map([
    ['slots.json', `${JSON.stringify(slots)}\n`],
    ['local.cfg', local(estate, folder)],
    ['tables.cfg', tables(estate, slots)],
    ['dispatcher.list', dispatcherList(estate.units)],
    ...lists,
  ]);
}

function faultsOf(estate) {
  const place = /^[0-9a-fA-F.:[\]]+:[0-9]{1,5}$/;
  const faults = [];
  const check = (good, sentence) => { if (!good) faults.push(sentence); };
  if (typeof estate !== 'object' || estate === null) return ['the file must have listen, pbx, units and mailboxes'];
  const { listen, pbx, collect = [], units, mailboxes, ...more } = estate;
  for (const key of Object.keys(more)) faults.push(`${key} is not known here`);
  check(place.test(String(listen)), 'listen: must be the address and port of Kamailio, like 192.0.2.5:5060');
  check(place.test(String(pbx)), 'pbx: must be the address and port of the PBX, like 192.0.2.6:5060');
  check(Array.isArray(collect) && collect.every((one) => /^[A-Za-z0-9*#+._-]{1,32}$/.test(String(one))), 'collect: must be a list of dialled numbers');
  check(Array.isArray(mailboxes) && mailboxes.every((one) => numbers(one) !== null), 'mailboxes: must be a list of numbers and ranges, like 201 or 201-260; quote those that begin with 0');
  if (!Array.isArray(units) || units.length === 0 || units.length > MOST_UNITS) return [...faults, `units: there must be 1 to ${MOST_UNITS}`];
  units.forEach(({ name, primary, backup = null, ...rest }, at) => {
    check(/^[a-z0-9-]{1,32}$/.test(String(name)), `units[${at}].name: must be small letters, digits and dashes`);
    check(place.test(String(primary)), `units[${at}].primary: must be an address and port`);
    check(backup === null || place.test(String(backup)), `units[${at}].backup: must be an address and port, or be left out`);
    for (const key of Object.keys(rest)) faults.push(`units[${at}].${key} is not known here`);
  });
  check(new Set(units.map(({ name }) => name)).size === units.length, 'units: two have the same name');
  return faults;
}

/** '201' or '201-260' as a list; null = neither. Leading zeros stay. */
function numbers(text) {
  const [, first, last] = /^([0-9]{1,15})(?:-([0-9]{1,15}))?$/.exec(String(text)) ?? [];
  if (first === undefined) return null;
  if (last === undefined) return [first];
  const count = Number(last) - Number(first) + 1;
  if (last.length !== first.length || count < 1 || count > 100_000) return null;
  return Array.from({ length: count }, (_, at) => String(Number(first) + at).padStart(first.length, '0'));
}

function local({ listen, pbx }, folder) {
  const host = pbx.slice(0, pbx.lastIndexOf(':'));
  return [
    `listen=udp:${listen}`,
    `listen=tcp:${listen}`,
    `#!substdef "!PBX_HOST!${host}!g"`,
    `#!substdef "!PBX_PORT!${pbx.slice(host.length + 1)}!g"`,
    `#!substdef "!DISPATCHER_LIST!${path.join(folder, 'dispatcher.list')}!g"`,
    `#!substdef "!PING_FROM!sip:spread@${listen}!g"`,
    '',
  ].join('\n');
}

function tables({ units, collect = [] }, slots) {
  const names = units.map(({ name }) => name);
  const entry = (table, key, value) => `  $sht(${table}=>${key}) = ${value};`;
  return ['event_route[htable:mod-init] {', ...slots.map((unit, index) => entry('slots', slotName(index), names.indexOf(unit) + 1)), ...collect.map((one) => entry('collect', one, 1)), '}', ''].join('\n');
}

function dispatcherList(units) {
  const lines = units.flatMap(({ name, primary, backup = null }, at) => [
    `# ${name}`,
    `${at + 1} sip:${primary} 8 20`,
    ...(backup === null ? [] : [`${at + 1} sip:${backup} 8 10`, `${ANYWAY + at + 1} sip:${backup} 0 20`]),
    `${ANYWAY + at + 1} sip:${primary} 0 10`,
  ]);
  return `${lines.join('\n')}\n`;
}

function mailboxList(unit, mailboxes) {
  return `# Mailboxes of ${unit}: for the configuration of this unit, and of its backup.\nmailboxes:\n${mailboxes.map((number) => `  - { number: "${number}" }\n`).join('') || '  []\n'}`;
}

function main([file, folder]) {
  if (file === undefined || folder === undefined) {
    console.error('Usage: spread.mjs ESTATE.yaml FOLDER');
    return 64;
  }
  const last = path.join(folder, 'slots.json');
  const files = spreadFiles(readFileSync(file, 'utf8'), path.resolve(folder), existsSync(last) ? readFileSync(last, 'utf8') : null);
  mkdirSync(folder, { recursive: true });
  copyFileSync(new URL('kamailio.cfg', import.meta.url), path.join(folder, 'kamailio.cfg'));
  for (const [name, text] of files) writeFileSync(path.join(folder, name), text);
  console.log(`${folder}: ${[...files.keys()].join(', ')}`);
  return 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    process.exitCode = main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof SpreadError)) throw error;
    console.error(error.message);
    process.exitCode = 78;
  }
}
