import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { command, root, testWith, type Need } from '../support/skip.ts';
import { companion } from './companion.ts';

const child = companion('test/contract/refusals.child.ts');

function outcome(program: string, args: string[], uid?: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    execFile(program, args, uid === undefined ? {} : { uid, gid: uid }, (error, stdout) => (error === null ? resolve(JSON.parse(stdout)) : reject(error)));
  });
}

const privilegedPorts: Need = {
  missing: () => (Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'latin1')) > 1 ? undefined : 'every program may use port 1 here'),
};

testWith([command('prlimit', 'util-linux')], 'a process without descriptors is told so by every driver, and goes on when there are some again', async () => {
  const refused = 'too-many-open';
  const seen = await outcome('prlimit', ['--nofile=48:48', process.execPath, child, 'descriptors']);
  assert.equal(seen, { batch: refused, epoll: refused, datagram: refused, listen: refused, connect: refused, held: refused, answers: refused, watch: refused, again: 'nothing refused' });
});

testWith([root, privilegedPorts], 'an ordinary user is refused a privileged port, and changing addresses', async () => {
  const refused = 'permission-denied';
  assert.equal(await outcome(process.execPath, [child, 'privilege'], 65_534), { address: refused, batch: refused, epoll: refused, datagram: refused, listen: refused });
});

test.run();
