import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Pairing } from '../../../firmware/failover/pairing/pairing.ts';
import { silentLog } from '../../../firmware/log.ts';
import { LinuxClock } from '../../../hal/drivers/linux/linux-clock.ts';
import { LinuxRandom } from '../../../hal/drivers/linux/linux-random.ts';
import { LinuxSecureStreamNet } from '../../../hal/drivers/linux/linux-secure-stream.ts';
import { LinuxStorage } from '../../../hal/drivers/linux/linux-storage.ts';
import { LinuxStreamNet } from '../../../hal/drivers/linux/linux-stream.ts';
import { freePorts } from '../../support/peers/free-ports.ts';

async function unit(folder: string, name: string, address: string, partner: string, port: number): Promise<Pairing> {
  return Pairing.open({
    clock: new LinuxClock(), random: new LinuxRandom(), storage: await LinuxStorage.at(join(folder, name)), log: silentLog,
    stream: new LinuxStreamNet(), secure: new LinuxSecureStreamNet(), name, local: { address, port }, partnerAddresses: ['127.0.0.9', partner], rotates: name === 'Ada',
  });
}

test('two units pair, renew their key and talk, over the sockets, TLS and files of this machine', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pairing-'));
  const port = await freePorts(2);
  let a = await unit(folder, 'Ada', '127.0.0.1', '127.0.0.2', port);
  const b = await unit(folder, 'Blaise', '127.0.0.2', '127.0.0.1', port);
  try {
    await a.showCode();
    const { code } = await a.showCode();
    assert.is((await b.join('127.0.0.1', 'AAAA-AAAA-AAAA')).ok, false);
    const joined = await b.join('127.0.0.1', code);
    assert.ok(joined.ok && joined.partner.name === 'Ada', JSON.stringify(joined));
    assert.is(await a.rotate(), true);
    assert.equal([a.keys()?.send, a.keys()?.accept.length], [b.keys()?.send, 2]);
    assert.is(a.keys()?.send.id, 2);

    const kept = a.keys();
    a.close();
    a = await unit(folder, 'Ada', '127.0.0.1', '127.0.0.2', port);
    assert.equal(a.keys(), kept);
    a.channel.serve('echo', (connection) => (connection.received = (bytes) => void connection.write(bytes)));
    const connection = await b.dial('echo');
    const answer = new Promise<string>((resolve) => (connection.received = (bytes) => resolve(Buffer.from(bytes).toString())));
    connection.write(Buffer.from('hello'));
    assert.is(await answer, 'hello');
    connection.close();

    await a.forget();
    assert.is(await b.dial('echo').then(() => 'answered', (error: { id: string }) => error.id), 'wrong-certificate');
  } finally {
    a.close();
    b.close();
    rmSync(folder, { recursive: true });
  }
});

test.run();
