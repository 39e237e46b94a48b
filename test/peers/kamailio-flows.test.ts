// A PBX with telephones that registered at it, and the unit as one of its users: what the unit does beyond answering goes through the proxy.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaresipChoices } from '../support/peers/baresip.ts';
import { Baresip } from '../support/peers/baresip.ts';
import { figures } from '../support/peers/figures.ts';
import { freePorts } from '../support/peers/free-ports.ts';
import { KamailioPbx, unitUser } from '../support/peers/kamailio-pbx.ts';
import { endKamailios } from '../support/peers/kamailio-process.ts';
import { piecesHeard } from '../support/peers/pieces-heard.ts';
import { spoken } from '../support/peers/product-voice.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { onlyOnce, testInTurn } from '../support/peers/side-by-side.ts';
import { command, requires } from '../support/skip.ts';

/** Of its own: a telephone that the unit called past the PBX would be a stranger, and so would its caller. */
const address = '127.0.0.2';
/** A busy machine loses pieces in the buffers of both telephones; a path that is not there loses all. */
const leastShare = 0.5;
const question = 'Good morning, is that the reception?';
const answer = 'It is, and who are you?';

const office = {
  form: 1, name: 'Office', first: 'menu', starts: [{ scope: 'short code', number: '*80' }],
  actions: {
    menu: { action: 'Menu', prompts: [{ prompt: 'collect.main-help' }], with: { keys: ['1'], retries: 1, timeoutSec: 10 }, results: { 1: 'reception', Timeout: 'end' } },
    reception: { action: 'Transfer', with: { destination: '302' }, results: { Failure: 'end' } },
    end: { action: 'Disconnect', prompts: [{ prompt: 'goodbye' }] },
  },
};

interface Site {
  readonly pbx: KamailioPbx;
  readonly unit: RunningUnit;
}

const site = onlyOnce(async (): Promise<Site> => {
  const pbx = new KamailioPbx({ address, port: await freePorts(2), own: '^8' });
  await pbx.start();
  const folder = mkdtempSync(path.join(tmpdir(), 'unit-'));
  mkdirSync(path.join(folder, 'data/flows/flow'), { recursive: true });
  writeFileSync(path.join(folder, 'data/flows/flow/Office.json'), JSON.stringify(office));
  const peer = { name: 'pbx', addresses: [address], host: address, port: pbx.port, lamps: 'none' as const, register: { user: unitUser, password: 'walnut-7' } };
  const queues = [{ number: '800', agents: ['401'], ringSec: 10 }];
  const unit = await RunningUnit.start({ folder, ports: 4, mailboxes: ['201'], settings: { peers: [peer], queues, health: { everySec: 60 } } });
  await unit.waitForLog('registered', 1, 5000);
  return { pbx, unit };
});

const telephone = ({ pbx }: Site, number: string, choices: BaresipChoices = {}): Promise<Baresip> => Baresip.start({ number, registrar: { address, port: pbx.port }, ...choices });
const answering = { account: ';answermode=auto' };

async function withTelephones(numbers: readonly (readonly [number: string, choices?: BaresipChoices])[], body: (site: Site, ...phones: Baresip[]) => Promise<void>): Promise<void> {
  const made = await site();
  const phones = await Promise.all(numbers.map(([number, choices]) => telephone(made, number, choices)));
  await body(made, ...phones);
}

/** Both say what they have to say; resolves to the share that came to the other, after the end of both. */
async function talk(caller: Baresip, called: Baresip): Promise<{ there: number; here: number }> {
  await Promise.all([caller.say(await spoken(question)), called.say(await spoken(answer))]);
  await sleep(3500);
  await called.hangUp();
  await sleep(300);
  await Promise.all([caller.quit(), called.quit()]);
  const most = async (text: string, heard: readonly Float64Array[]): Promise<number> => Math.max(...(await Promise.all(heard.map(async (one) => piecesHeard(await spoken(text), one)))));
  return { there: await most(question, called.recordings('heard')), here: await most(answer, caller.recordings('heard')) };
}

function heardEachOther(what: string, { there, here }: { there: number; here: number }): void {
  figures(what, { 'at the called one': there, 'at the caller': here });
  assert.ok(there >= leastShare && here >= leastShare, `${there} and ${here}`);
}

testInTurn(requires(command('kamailio', 'kamailio'), command('baresip', 'baresip-core')), {
  'a caller keys their way through a flow to an extension: the REFER goes through the PBX, and the unit is out of it': () =>
    withTelephones([['301'], ['302', answering]], async ({ pbx, unit }, caller, reception) => {
      await caller.call('*80', pbx.port, address);
      await sleep(500);
      assert.match(await unit.console('show calls'), 'Office');
      await caller.keys('1');
      await reception.event('CALL_ESTABLISHED', 8000);
      await sleep(300);
      assert.equal([pbx.refers, pbx.rung], [['302'], ['302']]);
      assert.match(await unit.console('show calls'), 'no calls');
      heardEachOther('referred through Kamailio, pieces heard', await talk(caller, reception));
    }),

  'a caller waits in a queue of the unit, and the agent behind the PBX is rung and joined': () =>
    withTelephones([['301'], ['401', answering]], async ({ pbx, unit }, caller, agent) => {
      await caller.call('800', pbx.port, address);
      await agent.event('CALL_ESTABLISHED', 10_000);
      await sleep(300);
      assert.match(await unit.console('show calls'), 'talks as agent 401');
      assert.is(pbx.rung.at(-1), '401');
      heardEachOther('queue behind Kamailio, pieces heard', await talk(caller, agent));
      assert.match(await unit.console('show queues'), /^800 .* 1 +1 +0 +0$/m);
      assert.match(await unit.console('show calls'), 'no calls');
    }),

  'a message for somebody who was away: their telephone registers, the unit calls it through the PBX, and they log in by keys': () =>
    withTelephones([['301']], async (made, caller) => {
      const { pbx, unit } = made;
      await unit.console('mailbox 201 escalation desk --retries 1 --every 1');
      await unit.console('mailbox 201 outcalling on');
      await caller.call('201', pbx.port, address);
      const owner = await telephone(made, '201', answering);
      await caller.keys('#');
      await sleep(1500);
      await caller.say(await spoken(question));
      await sleep(2500);
      await caller.hangUp();
      await caller.quit();
      await owner.event('CALL_ESTABLISHED', 10_000);
      assert.is(pbx.rung.at(-1), '201');
      await sleep(1000);
      await owner.keys('201#');
      await sleep(1500);
      await owner.keys(`${await unit.pin('201')}#`);
      await sleep(1500);
      assert.match(await unit.console('show calls'), '201');
      assert.match(await unit.console('show messages 201'), /^\S+ .* 301 /m);
      await owner.keys('4');
      await sleep(1200);
      assert.match(await unit.console('show messages 201 --deleted'), / deleted$/m);
      await owner.hangUp();
      await owner.quit();
      assert.match(await unit.console('show outcalls'), 'nobody is to be called');
      await unit.mustStop();
      await pbx.stop();
    }),
});

test.after(endPrograms);
test.after(endKamailios);

test.run();
