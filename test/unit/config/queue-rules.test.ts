import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfiguration } from '../../../firmware/config/parse-configuration.ts';

const base = (queues: string, peers = '{ name: pbx, addresses: [10.0.0.1], host: 10.0.0.1 }, { name: deaf, addresses: [10.0.0.2] }'): string => `
peers: [${peers}]
mailboxes: [{ number: "800" }]
lines: [{ name: hall, device: "sim:1", kind: phone, number: "305" }]
queues: [${queues}]
`;

function faults(text: string): string[] {
  const parsed = parseConfiguration(text, 'test.yaml');
  return parsed.ok ? [] : parsed.faults.map(({ path, message }) => `${path}: ${message}`);
}

test('a queue with agents is well, with a mailbox or without', () => {
  assert.equal(faults(base('{ number: "800", agents: ["401"], peer: pbx, overflow: "0", breakoutKey: "1" }, { number: "900", agents: ["401", "402"] }')), []);
});

const wrong: Readonly<Record<string, string>> = {
  '{ number: "800", agents: ["401"] }, { number: "800", agents: ["401"] }': 'queues[1].number: the number 800 is taken by queues[0]',
  '{ number: "305", agents: ["401"] }': 'queues[0].number: 305 is the number of a telephone of this unit too',
  '{ number: "800", agents: ["401", "401"] }': 'queues[0].agents[1]: the agent 401 is there twice',
  '{ number: "800", agents: ["800"] }': 'queues[0].agents[0]: 800 is the number of a queue',
  '{ number: "800", agents: ["401"], peer: gate }': 'queues[0].peer: there is no peer named gate',
  '{ number: "800", agents: ["401"], peer: deaf }': 'queues[0].peer: deaf has no host, so it cannot be called',
  '{ number: "800", agents: ["401"], overflow: "900" }, { number: "900", agents: ["401"] }': 'queues[0].overflow: 900 is the number of a queue: callers would go round and round',
  '{ number: "900", agents: ["401"], breakoutKey: "1" }': 'queues[0].breakoutKey: there is no mailbox 900 to leave a message in',
};

for (const [queues, fault] of Object.entries(wrong)) test(`refused: ${fault}`, () => assert.equal(faults(base(queues)), [fault]));

test('a collect number is none of a queue, and without a host nobody can be called', () => {
  assert.equal(faults(base('{ number: "17", agents: ["401"] }') + 'numbers: { collect: ["17"] }\n'), ['queues[0].number: 17 is a collect number too']);
  assert.equal(faults(base('{ number: "800", agents: ["401"] }', '{ name: deaf, addresses: [10.0.0.2] }')), ['queues[0]: no peer has a host, so no agent can be called']);
});

test.run();
