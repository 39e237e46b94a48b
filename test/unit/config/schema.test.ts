import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allowsNull, jsonSchema, leaves, nodeAt, withoutNull } from '../../../firmware/config/json-schema.ts';
import type { SchemaNode } from '../../../firmware/config/json-schema.ts';
import { parseConfiguration } from '../../../firmware/config/parse-configuration.ts';
import type { Settings } from '../../../firmware/config/settings.ts';

function settings(text: string): Settings {
  const parsed = parseConfiguration(text, 'test.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.settings;
}

test('the smallest file gets all the defaults', () => {
  assert.equal(settings('peers: []\nmailboxes: []\n'), {
    unit: { name: 'understudy', language: 'en', timeZone: 'UTC' },
    ports: 40,
    reservations: { mailboxAccess: 0, leave: 0, autoAttendant: 0, announcements: 0, voiceRecording: 0, mandatoryVoiceRecording: 0 },
    sip: { address: '0.0.0.0', port: 5060, udp: true, tcp: true, publicAddress: null, sessionExpiresSec: 1800, minSessionExpiresSec: 90, maxTcpConnections: 64, watchMs: 500, watchMisses: 12, returnSec: 10 },
    rtp: { firstPort: 16384, codecs: ['PCMU', 'PCMA'], timeoutSec: 60, silentPacketMs: 200 },
    peers: [],
    numbers: { collect: ['*17'], emergency: ['112', '911'], recording: [], mandatoryRecording: [] },
    messages: { minSec: 2, maxSec: 120, silenceSec: 7, silenceDbm0: -42, mailboxMaxSec: 3600, mailboxMaxMessages: 400, deletedKeepHours: 24, newKeepHours: 0, unopenedKeepHours: 0, oldKeepHours: 0, savedKeepHours: 0, newOrder: 'fifo', oldOrder: 'fifo', savedOrder: 'fifo', reserveMiB: 32 },
    pins: { minLength: 6, triesPerCaller: 20, triesPerCall: 3, triesBeforeLock: 5, lockMin: 5 },
    console: { idleMin: 10 },
    network: { card: null, vlan: null, address: null, gateway: null, dns: [], ntp: [] },
    entitlement: { issuerKey: null, file: null },
    health: { everySec: 5, watchdogSec: 30 },
    pair: null,
    estate: null,
    central: null,
    flows: { databases: [], remote: [] },
    lines: [],
    incoming: [],
    mail: null,
    outgoing: { allow: [], peer: null, mostPerMailboxPerDay: 50, mostPerDay: 500, outcalls: 5, callbacks: 2, alarms: 2 },
    outcalling: { prime: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '07:30', to: '19:30' }, peak: { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '07:30', to: '19:30' } },
    queues: [],
    mailboxes: [],
    transfers: { method: 'refer', allow: ['[1-8]', '[1-8]X', '[1-8]XX', '[1-8]XXX', '[1-8]XXXX'], ringSec: 20, reportSec: 40, talkMin: 240, zone: 'us', parkPrefix: null },
    breakout: { key0: null, key2: null, key3: null },
    telephone: { mode: 'ip-office', firstLogIn: 'menu' },
  });
});

test('items of lists get theirs, and authUser is user where it is not said', () => {
  const { peers, mailboxes } = settings(`
peers:
  - name: pbx
    addresses: [192.0.2.0/24]
    host: pbx.example
    register: { user: unit1, password: secret }
mailboxes: [{ number: 0201 }]
`);
  assert.equal(peers, [
    {
      name: 'pbx', addresses: ['192.0.2.0/24'], host: 'pbx.example', port: 5060, transport: 'udp', trusted: false, backupOf: null, lamps: 'subscribe',
      register: { user: 'unit1', password: 'secret', expiresSec: 3600, authUser: 'unit1' },
      queued: null,
    },
  ]);
  assert.equal(mailboxes, [{
    number: '0201', name: '', language: null, peer: null,
    members: [], memberLamps: false, disabled: false, quotaSec: null, urgentByCallers: false, mayBroadcast: false, trusted: [], pinAlways: false, mode: null, email: null, emailMode: 'off', breakout: { key0: null, key2: null, key3: null },
  }]);
});

test('settings are frozen through and through', () => {
  const frozen = settings('peers: [{ name: a, addresses: [127.0.0.1] }]\nmailboxes: []\n');
  for (const part of [frozen, frozen.sip, frozen.rtp.codecs, frozen.peers, frozen.peers[0], frozen.peers[0]?.addresses]) assert.ok(Object.isFrozen(part));
});

test('every number has a range and a unit, and both its ends are accepted and one beyond is not', () => {
  const numbers = leaves().filter(({ node }) => node.type === 'integer');
  assert.ok(numbers.length >= 20, `${numbers.length} numbers`);
  for (const { path, node } of numbers) {
    assert.type(node.unit, 'string', path);
    const step = node.multipleOf ?? 1;
    const faulty = (value: number) => faultPaths(withValue(path, value)).includes(path.replace('[]', '[0]'));
    const [least, most] = [node.minimum as number, node.maximum as number];
    assert.not.ok(rangeFault(path, least), `${path} = ${least}`);
    assert.not.ok(rangeFault(path, most), `${path} = ${most}`);
    assert.ok(faulty(least - step), `${path} = ${least - step}`);
    assert.ok(faulty(most + step), `${path} = ${most + step}`);
    assert.ok(faulty(least + 0.5), `${path} = ${least + 0.5}`);
  }
});

test('every value and every section has a sentence, and every value that may be left out a default', () => {
  const walk = (node: SchemaNode, path: string): void => {
    if (path !== '') assert.match(node.description ?? '', /^[A-Z].*\.$/, path);
    for (const [key, child] of Object.entries(withoutNull(node).properties ?? {})) walk(child, `${path}.${key}`);
    const items = node.items?.properties;
    for (const [key, child] of Object.entries(items ?? {})) walk(child, `${path}[].${key}`);
  };
  walk(jsonSchema, '');
  for (const { path, node, required } of leaves()) {
    if (!required && path !== 'peers[].register.authUser') assert.ok(node.default !== undefined, path);
  }
});

test('the JSON Schema refuses unknown keys at every level and names its draft', () => {
  const walk = (node: SchemaNode): void => {
    if (node.properties !== undefined) assert.is(node.additionalProperties, false);
    Object.values(node.properties ?? {}).forEach(walk);
    node.anyOf?.forEach(walk);
    if (node.items !== undefined) walk(node.items);
  };
  walk(jsonSchema);
  assert.match(String((jsonSchema as { $schema?: string }).$schema), /2020-12/);
  assert.equal([...(jsonSchema.required ?? [])].sort(), ['mailboxes', 'peers']);
  assert.is(JSON.stringify(jsonSchema), JSON.stringify(JSON.parse(JSON.stringify(jsonSchema))), 'is plain data');
});

test('places are found through lists and null', () => {
  assert.is(nodeAt(['peers', 3, 'register', 'expiresSec'])?.unit, 's');
  assert.ok(allowsNull(nodeAt(['peers', 0, 'register']) as SchemaNode));
  assert.is(nodeAt(['peers', 'name']), null);
  assert.is(nodeAt(['sip', 'toString']), null, 'no inherited names');
});

function withValue(path: string, value: number): string {
  const [section = '', ...rest] = path.split('.');
  const base = { peers: [{ name: 'a', addresses: ['127.0.0.1'], host: 'h', register: { user: 'u', password: 'p' } }], lines: [{ name: 'l', device: 'd', kind: 'trunk' }], incoming: [{ name: 'r', mailbox: '1' }], queues: [{ number: '800', agents: ['201'] }], mailboxes: [] as unknown[] };
  const file: Record<string, unknown> = structuredClone(base);
  if (section.endsWith('[]')) {
    const item = (file[section.slice(0, -2)] as Record<string, unknown>[])[0] as Record<string, unknown>;
    if (rest[0] === 'register') (item['register'] as Record<string, unknown>)[rest[1] as string] = value;
    else item[rest[0] as string] = value;
  } else if (rest.length === 0) file[section] = value;
  else file[section] = rest.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  return JSON.stringify(file);
}

function faultPaths(text: string): string[] {
  const parsed = parseConfiguration(text, 'test.yaml');
  return parsed.ok ? [] : parsed.faults.map((fault) => fault.path);
}

/** Whether the value alone is refused; rules between values may still object. */
function rangeFault(path: string, value: number): boolean {
  const parsed = parseConfiguration(withValue(path, value), 'test.yaml');
  return !parsed.ok && parsed.faults.some((fault) => fault.path === path.replace('[]', '[0]') && /^must be (?:a whole|an even) number/.test(fault.message));
}

test.run();
