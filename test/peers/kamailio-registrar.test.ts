// The unit registers at somebody else's registrar: digest with SHA-256 and MD5, refreshes, and removal at SIGTERM.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figures } from '../support/peers/figures.ts';
import type { Registrar } from '../support/peers/kamailio.ts';
import { Kamailio } from '../support/peers/kamailio.ts';
import { endKamailios } from '../support/peers/kamailio-process.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { testSideBySide } from '../support/peers/side-by-side.ts';
import { requires } from '../support/skip.ts';

const user = 'voicemail';
const password = 'red boxes until six';
/** The unit refreshes after 0.6 to 0.85 of it; nonces are stale by then, and must be answered for anew. */
const grantsSec = 10;
const nonceSec = 4;
const firstMs = 5000;
const refreshMs = 0.85 * grantsSec * 1000 + 2000;

test.after(endPrograms);
test.after(endKamailios);

async function registering(registrar: Pick<Registrar, 'algorithm'>, given = password): Promise<{ kamailio: Kamailio; unit: RunningUnit }> {
  const kamailio = await Kamailio.begin({ ...registrar, user, password, grantsSec, nonceSec });
  const peer = { name: 'registrar', addresses: ['127.0.0.1'], host: '127.0.0.1', port: kamailio.port, lamps: 'none' as const, register: { user, password: given } };
  return { kamailio, unit: await RunningUnit.start({ ports: 2, settings: { peers: [peer] } }) };
}

/** The unit registers, twice more in time, and takes its registration back at SIGTERM. */
async function registersRefreshesAndLeaves(algorithm: Registrar['algorithm']): Promise<void> {
  const { kamailio, unit } = await registering({ algorithm });
  await kamailio.waitFor('a registration', ({ registered }) => registered.length === 1, firstMs);
  await unit.waitForLog('registered', 1, firstMs);
  assert.match(await unit.console('show peers'), `registered: for ${grantsSec} s as ${user}`);
  await kamailio.waitFor('a refresh', ({ registered }) => registered.length === 2, refreshMs);
  await kamailio.waitFor('another refresh', ({ registered }) => registered.length === 3, refreshMs);
  await unit.mustStop();
  await kamailio.waitFor('the removal', ({ registered }) => registered.length === 4, firstMs);
  assert.equal(kamailio.registered.map(({ expires, bound }) => [expires, bound]), [['3600', true], ['3600', true], ['3600', true], ['0', false]]);
  for (const { authorization } of kamailio.registered) assert.match(authorization, new RegExp(`algorithm=${algorithm}(,|$)`));
  // One for each stale nonce and no more: a client that gets none right goes on asking.
  figures(`kamailio, ${algorithm}`, { registrations: kamailio.registered.length, challenges: kamailio.challenges });
  assert.ok(kamailio.challenges >= 3 && kamailio.challenges <= 4, `${kamailio.challenges} challenges`);
  await kamailio.stop();
}

testSideBySide(requires('kamailio'), {
  'digest with SHA-256: the unit registers, refreshes in time over stale nonces, and removes its address at SIGTERM': () => registersRefreshesAndLeaves('SHA-256'),
  'the same with MD5': () => registersRefreshesAndLeaves('MD5'),
  'a wrong password: the unit is never registered, says so, and does not hammer the registrar': async () => {
    const { kamailio, unit } = await registering({ algorithm: 'SHA-256' }, 'blue boxes');
    await unit.waitForLog('registration-failed', 1, firstMs);
    await sleep(4000);
    assert.is(kamailio.registered.length, 0);
    assert.ok(kamailio.challenges >= 2 && kamailio.challenges <= 6, `${kamailio.challenges} challenges in 4 s`);
    assert.is(unit.logged('registered').length, 0);
    await unit.mustStop();
    await kamailio.stop();
  },
});

test.run();
