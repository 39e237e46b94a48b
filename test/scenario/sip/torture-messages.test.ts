import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AgentWorld } from '../../support/sip/agent-world.ts';
import { agentWorld } from '../../support/sip/agent-world.ts';
import { RawPeer } from '../../support/sip/raw-peer.ts';

const folder = 'test/data/rfc4475';

/**
 * The 49 messages of RFC 4475 and what a unit that serves calls says to each: 180 = the call is offered and rings; null = silence.
 * A unit is no registrar and no proxy, so that some answers differ from what those would give.
 */
const expected: Readonly<Record<string, number | null>> = {
  'badaspec.dat': 400, // spaces within <>; the RFC allows to guess, we do not
  'badbranch.dat': 200, // a branch of the cookie alone is matched as RFC 2543 does
  'baddate.dat': 180, // a Date in a wrong zone matters to nobody here
  'baddn.dat': 400, // a comma in an unquoted display name makes two values of one
  'badinv01.dat': 400,
  'badvers.dat': 505,
  'bcast.dat': null, // a response with two Vias is not for us
  'bext01.dat': 420,
  'bigcode.dat': null, // a response
  'clerr.dat': 400, // Content-Length beyond the datagram
  'cparam01.dat': 405, // REGISTER: we are no registrar
  'cparam02.dat': 405,
  'dblreq.dat': 405, // the REGISTER; what follows Content-Length is not looked at
  'esc01.dat': 180, // escapes in the Request-URI are legal
  'esc02.dat': 405, // RE%47IST%45R is a method of its own, and unknown
  'escnull.dat': 405,
  'escruri.dat': 400, // header fields in a Request-URI
  'insuf.dat': 400, // Call-ID, From and To are missing
  'intmeth.dat': 405, // odd but legal; the method is unknown
  'inv2543.dat': 180,
  'invut.dat': 415,
  'longreq.dat': 180,
  'ltgtruri.dat': 400,
  'lwsdisp.dat': 200,
  'lwsruri.dat': 400,
  'lwsstart.dat': 400,
  'mcl01.dat': 400, // two lengths that differ
  'mismatch01.dat': 400,
  'mismatch02.dat': 400, // 501 would be right too: the method is unknown and CSeq names another
  'mpart01.dat': 405, // MESSAGE
  'multi01.dat': 400,
  'ncl.dat': 400,
  'noreason.dat': null, // a response
  'novelsc.dat': 416,
  'quotbal.dat': 400,
  'regaut01.dat': 405,
  'regbadct.dat': 400, // malformed before it is refused
  'regescrt.dat': 405,
  'scalar02.dat': 400, // CSeq beyond 2^31
  'scalarlg.dat': null, // a response
  'sdp01.dat': 406, // the caller reads nothing that we can write
  'semiuri.dat': 200,
  'transports.dat': 200, // only the top Via is ours to judge
  'trws.dat': 400, // spaces after SIP/2.0; the RFC allows to ignore them
  'unkscm.dat': 416,
  'unksm2.dat': 405, // odd schemes in From, To and Contact matter to a registrar
  'unreason.dat': null, // a response
  'wsinv.dat': 481, // it says that it belongs to a dialog, which we do not have
  'zeromf.dat': 200, // no hops are left, and none are needed
};

const bytesOf = (file: string): Uint8Array => readFileSync(`${folder}/${file}`);
const callIdOf = (text: string): string | undefined => /^(?:call-id|i)\s*:\s*(\S+)/im.exec(text)?.[1];

/** One peer for all ports that a response may go to. */
async function world(): Promise<{ agent: AgentWorld; say: (file: string) => Promise<void>; heard: () => { status: number; callId: string | undefined }[] }> {
  const agent = await agentWorld({ policy: (leg) => leg.ring() });
  const ports = [agent.peer, await RawPeer.open(agent.network, '10.0.0.1', 5050), await RawPeer.open(agent.network, '10.0.0.1', 5070)];
  return {
    agent,
    say: async (file) => {
      agent.peer.send(bytesOf(file));
      await agent.clock.advance(100);
    },
    heard: () => ports.flatMap(({ heard }) => heard).map(({ message, text }) => ({ status: message.kind === 'response' ? message.status : 0, callId: callIdOf(text) })),
  };
}

test('all 49 messages are here, and none without an expectation', () => {
  assert.equal(readdirSync(folder).filter((name) => name.endsWith('.dat')).sort(), Object.keys(expected));
  assert.is(Object.keys(expected).length, 49);
});

for (const [file, status] of Object.entries(expected)) {
  test(`${file}, to a fresh unit: ${status ?? 'silence'}`, async () => {
    const { agent, say, heard } = await world();
    await say(file);
    const answers = heard();
    assert.equal(answers.map((one) => one.status), status === null ? [] : [status]);
    if (status !== null) assert.is(answers[0]?.callId, callIdOf(Buffer.from(bytesOf(file)).toString('utf8')));
    assert.is(agent.calls.length, status === 180 ? 1 : 0);
    assert.is(agent.agent.counters().caught, 0);
    await say(file);
    assert.is(agent.calls.length, status === 180 ? 1 : 0, 'sent again it is no second call');
    assert.ok(heard().every((one) => one.status === status));
  });
}

test('all in a row to one unit: the same answers', async () => {
  const { agent, say, heard } = await world();
  const found: Record<string, number | null> = {};
  for (const file of Object.keys(expected)) {
    const before = new Set(heard().map((one) => JSON.stringify(one)));
    await say(file);
    const fresh = heard().filter((one) => !before.has(JSON.stringify(one)));
    assert.ok(fresh.length <= 1, `${file} was answered ${fresh.length} times`);
    found[file] = fresh[0]?.status ?? null;
  }
  assert.equal(found, expected);
  assert.is(agent.calls.length, Object.values(expected).filter((status) => status === 180).length);
  assert.is(agent.agent.counters().caught, 0);
  for (const { leg } of agent.calls) leg.hangUp('enough');
  await agent.clock.advance(70_000);
  assert.equal([agent.agent.counters().transactions, agent.agent.counters().legs, agent.clock.pending()], [0, 0, []]);
});

test('none of them takes 5 ms, with the network and the clock around it', async () => {
  const { say } = await world();
  for (const file of Object.keys(expected)) {
    const tries: number[] = [];
    for (let one = 0; one < 5; one++) {
      const began = process.cpuUsage();
      await say(file);
      tries.push(process.cpuUsage(began).user / 1000);
    }
    assert.ok(Math.min(...tries) < 5, `${file}: ${tries.join(', ')} ms of CPU`);
  }
});

test.run();
