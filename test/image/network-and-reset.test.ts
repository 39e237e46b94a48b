// One board, whose network and time of day a technician sets, and which is then reset to how it came: by its console, and in the life after that by its button. Three starts.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { builtImage, emulatorNeeds } from '../support/image/built-image.ts';
import { ControlledPins, pinWords } from '../support/image/controlled-pins.ts';
import { GuestAgent, withAgent } from '../support/image/guest-agent.ts';
import type { PastLife } from '../support/image/past-life.ts';
import { gather, isAsItCame, looksAsItCame } from '../support/image/past-life.ts';
import type { Reach } from '../support/image/site.ts';
import { bootLimitMs, ImageSite } from '../support/image/site.ts';
import { TaggedPort, taggedPortNeeds } from '../support/image/tagged-port.ts';
import { endPrograms, sleep, until } from '../support/peers/program.ts';
import { nameServer, startNameServer, startTimeServer, timeServer } from '../support/peers/time-server.ts';
import { command, requires, skipTest, testWith } from '../support/skip.ts';

/** The board's battery-backed clock says this, as one without its battery does. */
const clockWithoutBattery = ['-rtc', 'base=2001-02-03T04:05:06'];
const timeServerName = 'time.understudy.test';
/** Somebody who is behind the test's machine, and not on the board's own network. */
const beyond = '10.8.0.1';
const fixed: Reach = { unit: '10.9.0.80', caller: '10.9.0.1' };
const tagged: Reach = { unit: '10.9.7.80', caller: '10.9.7.1' };
const vlan = 7;
const mailbox = '208';
/** Of the machine's controller, as board.ts wires it; it is held for 10 s. */
const resetButton = 1;
const shortPressMs = 3000;
const resetLimitMs = 120_000;
const settledLimitMs = 60_000;
const storedLimitMs = 20_000;
const trialMs = 60_000;
/** The start of who asks takes most of it on a busy machine. */
const silenceMs = 2500;
/** The clock is asked through the helper's line, which takes its time. */
const toleranceMs = 1000;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Without them all but the time is tested. */
const servers = [nameServer, timeServer];

async function tests(): Promise<void> {
  const image = await builtImage();
  const site = new ImageSite(image, { direct: await withAgent(image), channels: ['agent'], more: [...clockWithoutBattery, ...pinWords] });
  const dhcp = site.reach;
  let inside: GuestAgent;
  let life: PastLife;
  let pins: ControlledPins | null = null;
  const typed = async (words: string): Promise<string> => (await site.console()).type(words);

  async function powerOn(): Promise<void> {
    site.board.powerOn();
    inside = new GuestAgent(site.board.channel('agent'));
    await inside.ready(bootLimitMs);
    await site.started();
  }

  /** From here on the unit is called there. Resolves to how long it took until it answered OPTIONS. */
  async function answersAt(reach: Reach, limitMs = settledLimitMs): Promise<number> {
    site.reach = reach;
    const beganMs = Date.now();
    return (await site.serves(limitMs)) - beganMs;
  }

  async function commits(lines: readonly string[], commit = 'commit'): Promise<void> {
    const person = await site.console();
    await person.typeAll(['configure', ...lines]);
    const said = await person.type(commit);
    await person.type('exit');
    assert.match(said, /^committed/m);
  }

  test('a blank unit has its address by DHCP, and answers there', async () => {
    site.lan.addAddress(`${beyond}/32`);
    await powerOn();
    await answersAt(dhcp);
    assert.match(await inside.run('ip -4 addr show scope global'), new RegExp(`\\b${dhcp.unit}/24\\b`));
  });

  test('before anybody tells the time it is that of the image, though the clock of the board is of another year', async () => {
    const [now = 0, made = 0, up = 0] = (await inside.run('date +%s; date -r /etc/os-release +%s; cut -d . -f 1 /proc/uptime')).trim().split('\n').map(Number);
    assert.ok(made > Date.UTC(2026, 0, 1) / 1000, `the image was made at ${made}`);
    assert.ok(now >= made && now <= made + up, `${now}, ${up} s after its start, with an image of ${made}`);
    assert.match(await typed('show clock'), /^told by +nobody has told the time yet/m);
  });

  test('an address, a gateway, name and time servers that a technician sets hold at once: a message is left there', async () => {
    if (requires(...servers) === undefined) await Promise.all([startTimeServer(site.lan.namespace), startNameServer(site.lan.namespace, timeServerName, site.lan.host)]);
    await site.configure([mailbox], [`set network.address ${fixed.unit}/24`, `set network.gateway ${site.lan.host}`, `set network.dns [${site.lan.host}]`, `set network.ntp [${timeServerName}]`]);
    figure(`an address that is set: it answers there ${seconds(await answersAt(fixed))} after the commit and a new PIN`);
    await site.leaves(mailbox, 3);
    await (await site.console()).hasMessage(mailbox, /\b301\b[^\n]*\b0:0[3-9]\b[^\n]*\bnew\b/, storedLimitMs);
    assert.is(await site.answersIn(silenceMs, dhcp), 0, 'it answers at its address of before, too');
    site.reach = { ...fixed, caller: beyond };
    await site.serves(settledLimitMs);
    site.reach = fixed;
  });

  testWith(servers, 'the time server, which is known by its name, sets the clock, and it is told so', async () => {
    await until('who told the time', settledLimitMs, async () => new RegExp(`^told by +${timeServerName}`, 'm').test(await typed('show clock')));
    const beforeMs = Date.now();
    const unitMs = Number(await inside.run('date +%s')) * 1000;
    assert.ok(unitMs > beforeMs - 1000 - toleranceMs && unitMs < Date.now() + toleranceMs, `the unit says ${new Date(unitMs).toISOString()} and the server ${new Date(beforeMs).toISOString()}`);
    const [, lateSec] = new RegExp(`The time of day was set by ${timeServerName}: it was (\\d+\\.\\d) s late`).exec(await typed('show log 20')) ?? [];
    assert.ok(lateSec !== undefined, 'the log does not tell that the clock was set');
    figure(`the clock was ${lateSec} s late and was set by ${timeServerName}`);
  });

  test('a wrong address on trial, which nobody confirms: the one of before is back by itself', async () => {
    await commits(['set network.address 192.0.2.9/24', 'delete network.gateway'], 'commit confirmed 1');
    const beganMs = Date.now();
    await until('the end of the old address', settledLimitMs, async () => (await site.answersIn(silenceMs)) === 0);
    await answersAt(fixed, trialMs + settledLimitMs);
    const tookMs = Date.now() - beganMs;
    figure(`a wrong address for a minute: the old one answered again after ${seconds(tookMs)}`);
    assert.ok(tookMs > trialMs / 2, 'it went back before its time');
    assert.match(await inside.run('ip route'), new RegExp(`^default via ${site.lan.host.replaceAll('.', '\\.')} `, 'm'));
  });

  test('in a VLAN it answers there, and no more outside of it', async () => {
    const port = await TaggedPort.open(site.lan.namespace, vlan, `${tagged.caller}/24`);
    await commits([`set network.vlan ${vlan}`, `set network.address ${tagged.unit}/24`, 'delete network.gateway']);
    await answersAt(tagged);
    await site.firstAnswer(settledLimitMs);
    assert.is(await site.answersIn(silenceMs, fixed), 0);
    await port.stop();
  });

  test('without these settings the unit is back in the network, with its address by DHCP', async () => {
    await commits(['delete network']);
    await answersAt(dhcp);
    assert.not.match(await inside.run('ip -o link'), new RegExp(`\\.${vlan}\\b`));
    assert.match(await inside.run('cat /etc/resolv.conf'), new RegExp(`^nameserver ${site.lan.host}$`, 'm'));
  });

  test('factory-reset at the console, which asks for the name of the unit: it is as it came', async () => {
    await commits([`set network.address ${fixed.unit}/24`, 'set pair.rank primary', 'set pair.partner [10.9.0.99]']);
    // The keys of a pair are made at the start with the settings of one.
    await inside.run('kill $(cat /run/understudy/pid)');
    await site.started();
    life = await gather(site, inside, [`Box${mailbox}`, fixed.unit]);
    assert.match(life.certificate ?? '', /./);
    const name = (await inside.run('hostname')).trim();
    assert.match(await typed('factory-reset another'), new RegExp(`this unit is called ${name}`));
    assert.match(await typed(`factory-reset ${name}`), /^[1-9]\d* messages, .* are wiped at the next start; so are the configuration, the network and the unit's identity/m);
    await site.board.restarts(resetLimitMs);
    await powerOn();
    site.reach = dhcp;
    await isAsItCame(site, inside, life);
    await looksAsItCame(site);
  });

  test('the reset button: pressed for a moment it does nothing, held for 10 s the unit is as it came', async () => {
    await site.configure([mailbox], [`set network.address ${fixed.unit}/24`]);
    const next = await gather(site, inside, [`Box${mailbox}`, fixed.unit]);
    assert.is.not(next.machine, life.machine);
    pins = await ControlledPins.take(site.board);
    await pins.drive(resetButton, true);
    await sleep(shortPressMs);
    await pins.drive(resetButton, false);
    assert.not.match(await inside.run('ls /data/understudy'), /^factory-reset$/m);
    const heldAtMs = performance.now();
    await pins.drive(resetButton, true);
    await site.board.restarts(resetLimitMs);
    figure(`reset button held: the machine restarted after ${seconds(performance.now() - heldAtMs)}`);
    await powerOn();
    site.reach = dhcp;
    await isAsItCame(site, inside, next);
  });

  test.after(() => {
    pins?.close();
    return site.remove();
  });
}

const missing = requires(...emulatorNeeds, command('unsquashfs', 'squashfs-tools'), ...taggedPortNeeds);
if (missing !== undefined) skipTest('network, time and factory reset of the emulated board', missing);
else await tests();
test.after(endPrograms);
test.run();
