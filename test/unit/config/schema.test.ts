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
    sip: { address: '0.0.0.0', port: 5060, udp: true, tcp: true, publicAddress: null, sessionExpiresSec: 1800, minSessionExpiresSec: 90, maxTcpConnections: 64, watchMs: 500, watchMisses: 12, returnSec: 10 },
    rtp: { firstPort: 16384, codecs: ['PCMU', 'PCMA'], timeoutSec: 60 },
    peers: [],
    numbers: { collect: ['*17'] },
    messages: { minSec: 2, maxSec: 120, silenceSec: 7, silenceDbm0: -42, mailboxMaxSec: 3600, mailboxMaxMessages: 400, deletedKeepHours: 24, reserveMiB: 32 },
    pins: { minLength: 6, triesPerCall: 3, triesBeforeLock: 5, lockMin: 5 },
    console: { idleMin: 10 },
    entitlement: { issuerKey: null, file: null },
    pair: null,
    mailboxes: [],
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
      name: 'pbx', addresses: ['192.0.2.0/24'], host: 'pbx.example', port: 5060, transport: 'udp', backupOf: null, lamps: 'subscribe',
      register: { user: 'unit1', password: 'secret', expiresSec: 3600, authUser: 'unit1' },
    },
  ]);
  assert.equal(mailboxes, [{ number: '0201', name: '', language: null }]);
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
  const base = { peers: [{ name: 'a', addresses: ['127.0.0.1'], host: 'h', register: { user: 'u', password: 'p' } }], mailboxes: [] as unknown[] };
  const file: Record<string, unknown> = structuredClone(base);
  if (section === 'peers[]') {
    const peer = (file['peers'] as Record<string, unknown>[])[0] as Record<string, unknown>;
    if (rest[0] === 'register') (peer['register'] as Record<string, unknown>)[rest[1] as string] = value;
    else peer[rest[0] as string] = value;
  } else if (rest.length === 0) file[section] = value;
  else file[section] = { [rest[0] as string]: value };
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
