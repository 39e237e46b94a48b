import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LastFlows } from '../../../firmware/sip/transport/last-flows.ts';

const local = { address: '10.0.0.1', port: 5060 };
const came = { transport: 'udp', remote: { address: '10.0.0.2', port: 5060 }, connection: null, shared: false } as const;

test('messages that come the same way get the same flow, whatever object told the way', () => {
  const flows = new LastFlows();
  const first = flows.of('pbx', came, local);
  assert.equal(first, { ...came, local });
  assert.is(flows.of('pbx', { ...came, remote: { ...came.remote } }, { ...local }), first);
});

for (const [what, other] of Object.entries({
  'another port': { ...came, remote: { address: '10.0.0.2', port: 5062 } },
  'another address': { ...came, remote: { address: '10.0.0.3', port: 5060 } },
  'a connection': { ...came, transport: 'tcp', connection: 1 },
  'the shared address': { ...came, shared: true },
} as const)) {
  test(`${what} makes a flow of its own, and the first is not changed`, () => {
    const flows = new LastFlows();
    const first = flows.of('pbx', came, local);
    assert.equal(flows.of('pbx', other, local), { ...other, local });
    assert.equal(first, { ...came, local });
    assert.is.not(flows.of('pbx', came, local), first);
  });
}

test('an address of ours that has changed makes a flow of its own, and so does another peer', () => {
  const flows = new LastFlows();
  const first = flows.of('pbx', came, local);
  assert.is.not(flows.of('other', came, local), first);
  assert.equal(flows.of('pbx', came, { address: '10.0.0.9', port: 5060 }).local.address, '10.0.0.9');
});

test('what is forgotten is made anew', () => {
  const flows = new LastFlows();
  const first = flows.of('pbx', came, local);
  flows.forget();
  assert.is.not(flows.of('pbx', came, local), first);
});

test.run();
