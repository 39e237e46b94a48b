import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import type { InterfaceAddress } from '../../hal/address-holder.ts';
import { HalError } from '../../hal/errors.ts';
import { NamespaceLan, networkNamespaces } from '../support/namespace-lan.ts';
import { command, requires, root, skipTest } from '../support/skip.ts';
import { ipv6Loopback } from './ipv6.ts';
import { LanRemote, type Move } from './lan-remote.ts';
import { linuxLan } from './lan-world.ts';

/** What the Linux driver does beyond the contract, in network namespaces. */
const ipv4 = (last: number): InterfaceAddress => ({ interface: 'eth0', address: `10.9.0.${last}`, prefixBits: 24 });
const ipv6 = (last: number): InterfaceAddress => ({ interface: 'eth0', address: `fd00:9::${last}`, prefixBits: 64 });

async function refused(attempt: Promise<unknown>): Promise<{ id: string; message: string }> {
  return attempt.then(
    () => ({ id: 'nothing refused', message: '' }),
    (error: unknown) => (error instanceof HalError ? { id: error.id, message: error.message } : Promise.reject(error)),
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Where the third machine's kernel sends packets to the address. */
function neighbour(lan: NamespaceLan, address: string): string {
  return /lladdr ([0-9a-f:]+)/.exec(lan.ip('third', 'neighbour', 'show', address))?.[1] ?? 'none';
}

function addressesOf(lan: NamespaceLan, name: string): string {
  return lan.ip(name, 'address', 'show', 'dev', 'eth0');
}

const missing = requires(root, networkNamespaces, command('setpriv', 'util-linux'));
if (missing === undefined) tests();
else skipTest('address holder linux in namespaces', missing);

function tests(): void {
  const { lan, left, remotes, third, stop } = linuxLan();
  test.after(async () => {
    await stop();
    lan.remove();
  });
  const noIpv6 = requires(ipv6Loopback);
  const withIpv6 = (name: string, body: () => Promise<void>): void => (noIpv6 === undefined ? test(name, body) : skipTest(name, noIpv6));

  /** Twenty moves to and fro, while the third machine sends every millisecond and the last holder still has the address: the worst of cases. */
  const moves = async (shared: InterfaceAddress): Promise<void> => {
    const mouth = await third.datagram.bind({ address: shared.address.includes(':') ? '::' : '0.0.0.0', port: 0 });
    const sending = setInterval(() => mouth.send(Buffer.from('?'), { address: shared.address, port: 7001 }), 1);
    const seen: Move[] = [];
    try {
      await left.holder.add(shared);
      await left.holder.announce(shared);
      for (let count = 0; count < 20; count++) {
        const [from, to] = count % 2 === 0 ? (['left', 'right'] as const) : (['right', 'left'] as const);
        seen.push(await remotes[to].move(shared, 7001));
        assert.is(neighbour(lan, shared.address), lan.hardwareAddress(to));
        await remotes[from].holder.remove(shared);
      }
    } finally {
      clearInterval(sending);
      mouth.close();
      for (const { holder } of [remotes.left, remotes.right]) await holder.remove(shared);
    }
    const millis = (key: keyof Move): string => `${median(seen.map((one) => one[key])).toFixed(1)} (worst ${Math.max(...seen.map((one) => one[key])).toFixed(1)})`;
    figure(`${shared.address} moved ${seen.length} times, median ms: add ${millis('addMs')}, announce ${millis('announceMs')}, until the first packet ${millis('firstMs')}`);
    assert.ok(median(seen.map(({ firstMs }) => firstMs)) < 100, 'a move takes less than the planned gap');
  };

  test('address holder linux: an IPv4 address moves, its neighbours with it, as often as one likes', () => moves(ipv4(50)));
  withIpv6('address holder linux: an IPv6 address moves, its neighbours with it, as often as one likes', () => moves(ipv6(50)));

  test("address holder linux: the unit's own address and its routes stay when a shared one that was there first goes", async () => {
    lan.ip('left', 'address', 'flush', 'dev', 'eth0', 'scope', 'global');
    try {
      await left.holder.add(ipv4(60));
      lan.ip('left', 'address', 'add', `${left.ipv4}/24`, 'dev', 'eth0');
      lan.ip('left', 'route', 'add', 'default', 'via', third.ipv4);
      assert.match(addressesOf(lan, 'left'), `${left.ipv4}/24 scope global secondary`);
      await left.holder.remove(ipv4(60));
      assert.match(addressesOf(lan, 'left'), `${left.ipv4}/24 scope global eth0`);
      assert.match(lan.ip('left', 'route', 'show', 'default'), `via ${third.ipv4}`);
    } finally {
      lan.takeCardAway('left');
      lan.bringCardBack('left');
    }
  });

  withIpv6('address holder linux: an IPv6 address is not what the unit sends from by itself, and in no doubt', async () => {
    await left.holder.add(ipv6(61));
    assert.match(addressesOf(lan, 'left'), /fd00:9::61\/64 scope global nodad deprecated/);
    assert.match(lan.ip('left', '-6', 'route', 'get', third.ipv6), `src ${left.ipv6}`);
    await left.holder.remove(ipv6(61));
  });

  withIpv6('address holder linux: an IPv6 address that is still in doubt is in use at once', async () => {
    lan.ip('left', 'address', 'add', 'fd00:9::62/64', 'dev', 'eth0');
    assert.match(addressesOf(lan, 'left'), 'fd00:9::62/64 scope global tentative');
    await left.holder.add(ipv6(62));
    assert.ok(await third.reachability.answers('fd00:9::62', 500));
    await left.holder.remove(ipv6(62));
  });

  withIpv6('address holder linux: an interface without IPv6 says so', async () => {
    lan.setting('right', 'net.ipv6.conf.eth0.disable_ipv6', '1');
    const { id, message } = await refused(remotes.right.holder.add(ipv6(63)));
    lan.setting('right', 'net.ipv6.conf.eth0.disable_ipv6', '0');
    lan.ip('right', 'address', 'add', `${lan.ipv6('right')}/64`, 'dev', 'eth0', 'nodad');
    assert.is(id, 'unsupported');
    assert.match(message, 'fd00:9::63/64 on eth0: IPv6 is switched off on this interface');
  });

  for (const [family, shared] of [['IPv4', ipv4(64)], ['IPv6', ipv6(64)]] as const) {
    (family === 'IPv4' ? test : withIpv6)(`address holder linux: an ${family} address is kept on an interface that is down, and announced when that is up`, async () => {
      lan.ip('right', 'link', 'set', 'eth0', 'down');
      const { holder } = remotes.right;
      await holder.add(shared);
      assert.ok(await holder.held(shared));
      assert.is((await refused(holder.announce(shared))).id, 'unreachable');
      lan.ip('right', 'link', 'set', 'eth0', 'up');
      await holder.add(shared);
      await holder.announce(shared);
      await holder.remove(shared);
    });
  }

  test('address holder linux: an ordinary user may look, and is told what it lacks for more', async () => {
    const user = new LanRemote(lan.namespace('left'), ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups']);
    const both = noIpv6 === undefined ? [ipv4(65), ipv6(65)] : [ipv4(65)];
    try {
      for (const shared of both) {
        const lacks = (what: string): { id: string; message: string } => ({ id: 'permission-denied', message: `${shared.address}/${shared.prefixBits} on eth0: ${what}` });
        assert.equal(await refused(user.holder.add(shared)), lacks('changing addresses needs the privilege CAP_NET_ADMIN: RTM_NEWADDR: EPERM'));
        await left.holder.add(shared);
        assert.ok(await user.holder.held(shared));
        await user.holder.add(shared);
        assert.equal(await refused(user.holder.announce(shared)), lacks('telling the neighbours needs the privilege CAP_NET_RAW: socket: EPERM'));
        assert.equal(await refused(user.holder.remove(shared)), lacks('changing addresses needs the privilege CAP_NET_ADMIN: RTM_DELADDR: EPERM'));
        await left.holder.remove(shared);
        await user.holder.remove(shared);
      }
    } finally {
      await user.stop();
    }
  });

  test('address holder linux: nothing stays open', async () => {
    const before = remotes.left.openFiles();
    for (let count = 0; count < 50; count++) {
      await left.holder.add(ipv4(66));
      await left.holder.announce(ipv4(66));
      await left.holder.remove(ipv4(66));
      await refused(left.holder.announce(ipv4(66)));
      await left.reachability.answers(third.ipv4, 500);
      (await left.reachability.watchCarrier('eth0', () => {})).close();
    }
    await left.holder.held(ipv4(66)); // what was asked before, the last close too, is done
    assert.is(remotes.left.openFiles(), before);
  });
}

test.run();
