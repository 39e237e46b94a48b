import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { command, requires, root, skipTest } from '../support/skip.ts';
import { ipv6Loopback } from './ipv6.ts';
import { LanRemote } from './lan-remote.ts';
import { linuxLan, simLan } from './lan-world.ts';
import { reachabilityContract } from './reachability-contract.ts';

reachabilityContract('sim', ['ipv4', 'ipv6'], simLan);

const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];

/** Asks as an ordinary user in the namespace of `left`. */
async function asNobody(namespace: string, addresses: string[]): Promise<(boolean | string)[]> {
  const remote = new LanRemote(namespace, nobody);
  const answers: (boolean | string)[] = [];
  try {
    for (const address of addresses) answers.push(await remote.reachability.answers(address, 1000).catch((error: Error) => error.message));
  } finally {
    await remote.stop();
  }
  return answers;
}

const missing = requires(root, networkNamespaces, command('setpriv', 'util-linux'));
if (missing === undefined) {
  const noIpv6 = requires(ipv6Loopback);
  const families = noIpv6 === undefined ? (['ipv4', 'ipv6'] as const) : (['ipv4'] as const);
  const world = linuxLan();
  const { lan, left, third } = world;
  test.after(async () => {
    await world.stop();
    lan.remove();
  });
  reachabilityContract('linux', families, () => world);
  if (noIpv6 !== undefined) skipTest('reachability linux IPv6', noIpv6);

  test('reachability linux: an ordinary user may ask where the group is in ping_group_range', async () => {
    lan.setting('left', 'net.ipv4.ping_group_range', '65534 65534');
    const asked = families.map((family) => third[family]);
    assert.equal(await asNobody(lan.namespace('left'), asked), asked.map(() => true));
  });

  test('reachability linux: elsewhere an ordinary user is told what is missing', async () => {
    lan.setting('left', 'net.ipv4.ping_group_range', '1 0');
    const [said] = await asNobody(lan.namespace('left'), [third.ipv4]);
    assert.is(said, 'ICMP echo: asking needs a group within net.ipv4.ping_group_range, or the privilege CAP_NET_RAW: socket: EPERM');
  });

  test('reachability linux: root asks through a ping socket too where it may', async () => {
    lan.setting('left', 'net.ipv4.ping_group_range', '0 0');
    for (const family of families) assert.ok(await left.reachability.answers(third[family], 1000), family);
  });

  if (noIpv6 === undefined) {
    test('reachability linux: a link-local address is asked on the interface it names', async () => {
      const linkLocal = /inet6 (fe80::[0-9a-f:]+)/.exec(lan.ip('third', '-6', 'address', 'show', 'dev', 'eth0', 'scope', 'link'))?.[1] ?? 'none';
      assert.ok(await left.reachability.answers(`${linkLocal}%eth0`, 1000));
      assert.not(await left.reachability.answers(`${linkLocal}%eth7`, 1000));
    });
  }

  test('reachability linux: an address without a way is known at once not to answer', async () => {
    const began = performance.now();
    assert.not(await left.reachability.answers('192.0.2.1', 20_000));
    assert.ok(performance.now() - began < 10_000);
  });
} else skipTest('reachability linux', missing);

test('reachability sim: an echo takes its links there and back, and is lost where they lose', async () => {
  const { left, third, network, clock } = simLan();
  network.fault(left.ipv4, third.ipv4, { delayMs: 40 });
  network.fault(third.ipv4, left.ipv4, { delayMs: 30 });
  let answer: boolean | null = null;
  void left.reachability.answers(third.ipv4, 500).then((said) => (answer = said));
  await clock.advance(69);
  assert.is(answer, null);
  await clock.advance(2);
  assert.is(answer, true);
  for (const [faults, timeoutMs] of [[{ cut: true }, 500], [{ loss: 1 }, 500], [{ delayMs: 80 }, 100]] as const) {
    network.fault(third.ipv4, left.ipv4, { cut: false, loss: 0, delayMs: 30, ...faults });
    let said: boolean | null = null;
    void left.reachability.answers(third.ipv4, timeoutMs).then((value) => (said = value));
    await clock.advance(1000);
    assert.is(said, false, JSON.stringify(faults));
  }
  assert.equal(clock.pending(), []);
});

test('reachability sim: a firewall drops the echoes of others; questions fail as told', async () => {
  const { left, third, clock, hosts } = simLan();
  hosts.third.reachability.dropsEchoes = true;
  const answers: unknown[] = [];
  const note = (said: unknown): void => void answers.push(said);
  void left.reachability.answers(third.ipv4, 100).then(note);
  void third.reachability.answers(third.ipv4, 100).then(note);
  await clock.advance(200);
  hosts.left.reachability.answersFails = 'permission-denied';
  await left.reachability.answers(third.ipv4, 100).catch((error: { id: string }) => note(error.id));
  assert.equal(answers, [true, false, 'permission-denied']);
});

test.run();
