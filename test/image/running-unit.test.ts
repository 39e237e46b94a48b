// A unit of the image, seen from inside (support/image/guest-agent.ts), from its pins and from its serial lines, in one start of the emulated board; then its
// runtime is made to hang, and the hardware starts the machine anew.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { builtImage, emulatorNeeds } from '../support/image/built-image.ts';
import { ControlledPins, pinWords } from '../support/image/controlled-pins.ts';
import { agentFolder, GuestAgent, withAgent } from '../support/image/guest-agent.ts';
import { availableMib, listed, openPorts, processNames } from '../support/image/inside-facts.ts';
import { onoffCompiler, onoffPins, onoffProbe, onoffSource } from '../support/image/onoff-probe.ts';
import { bootLimitMs, ImageSite } from '../support/image/site.ts';
import { lineWords, ModemBank } from '../support/image/modem-bank.ts';
import { endPrograms, until } from '../support/peers/program.ts';
import { command, requires, skipTest } from '../support/skip.ts';

const leastFreeMib = 350;
/** From the runtime's last word to its parent, and from the parent's to the watchdog card, with the way down; five times. */
const resetLimitMs = 300_000;
/** Of the machine's controller, as board.ts wires them. */
const [alarmIn, statusLed, alarmOut] = [0, 4, 6];
const pinLimitMs = 30_000;
const serviceLimitMs = 60_000;

const noOnoff = requires(onoffSource, onoffCompiler);

async function tests(): Promise<void> {
  const image = await builtImage();
  const site = new ImageSite(image, { direct: await withAgent(image, noOnoff === undefined ? await onoffProbe() : {}), channels: ['agent'], more: [...pinWords, ...lineWords] });
  const modems = new ModemBank();
  let inside: GuestAgent;
  let pins: ControlledPins;
  const typed = async (words: string): Promise<string> => (await site.console()).type(words);

  test('the unit starts, with the helper inside', async () => {
    site.board.powerOn();
    inside = new GuestAgent(site.board.channel('agent'));
    await inside.ready(bootLimitMs);
    await site.started();
    figure(`kernel to taking calls, without boot loaders, ${(site.board.uptimeMs / 1000).toFixed(1)} s`);
  });

  test('350 MB of 512 are free while it runs', async () => {
    const mib = await availableMib(inside);
    figure(`memory available ${mib.toFixed(0)} MiB of 512`);
    assert.ok(mib >= leastFreeMib, `${mib} MiB`);
  });

  test('the root cannot be written to, and what can runs nothing; data stop being written to at their first error', async () => {
    const mounts = new Map((await inside.run('cat /proc/mounts')).trim().split('\n').map((row) => row.split(' ')).map(([, place = '', kind = '', options = '']) => [place, [kind, ...options.split(',')]]));
    const has = (place: string, ...words: readonly string[]): void => words.forEach((word) => assert.ok(mounts.get(place)?.includes(word), `${place}: ${mounts.get(place)?.join()} without ${word}`));
    has('/', 'squashfs', 'ro', 'nosuid', 'nodev');
    has('/data', 'ext4', 'noatime', 'errors=remount-ro', 'nosuid', 'nodev', 'noexec');
    has('/boot', 'vfat', 'sync', 'noexec');
    for (const place of ['/tmp', '/var', '/dev/shm']) has(place, 'tmpfs', 'noexec');
    assert.match(await inside.run('if touch /usr/bin/mine 2>&1; then echo written; fi'), 'Read-only file system');
  });

  test('nothing runs but what is allowed, and no more of it', async () => {
    const allowed = new Map(listed('board/common/image/allowed-processes').map(([name = '', most]) => [name, Number(most)]));
    let [names, excess]: [readonly string[], readonly string[]] = [[], []];
    // RAUC starts at the lowest priority, beside the unit; a script may be at work at the moment of a look, and is not at the next.
    const settled = async (): Promise<boolean> => {
      names = await processNames(inside);
      excess = [...new Set(names)].filter((name) => names.filter((one) => one === name).length > (allowed.get(name) ?? 0));
      return excess.length === 0 && ['parent', 'MainThread', 'dbus-daemon', 'rauc'].every((name) => names.includes(name));
    };
    await until('a look at which all services and nothing else is there', serviceLimitMs, settled).catch(() => assert.equal([excess, names], [[], 'parent, MainThread, dbus-daemon, rauc']));
  });

  test('nothing listens to others but what is allowed', async () => {
    const allowed = listed('board/common/image/allowed-sockets');
    let open: Awaited<ReturnType<typeof openPorts>> = [];
    // On a starved emulator the runtime may just be starting anew.
    await until('a look at which SIP is open', serviceLimitMs, async () => {
      open = await openPorts(inside);
      return open.some(([kind, port]) => kind === 'udp' && port === 5060);
    });
    assert.equal(open.filter(([kind, port]) => !allowed.some(([of, first, last]) => of === kind && port >= Number(first) && port <= Number(last))), []);
  });

  test('an alarm contact that closes is seen, and the alarm relay follows; a lamp is tried from the console', async () => {
    pins = await ControlledPins.take(site.board);
    assert.match(await typed('show gpio'), /^alarm-in-1 +in +no /m);
    const from = pins.changes.length;
    await pins.drive(alarmIn, true);
    await until('the closed contact', pinLimitMs, async () => /^alarm-in-1 +in +yes /m.test(await typed('show gpio')));
    await until('the alert', pinLimitMs, async () => /Alarm contact 1 has closed/.test(await typed('show log 6')));
    assert.match(await typed('show gpio'), /^alarm-out +out +yes /m);
    await pins.drive(alarmIn, false);
    await until('the end of the alert', pinLimitMs, async () => /Alarm contact 1 is open again/.test(await typed('show log 6')));
    await pins.sees(`${alarmOut} up`, 1, from, pinLimitMs);
    const before = pins.changes.length;
    assert.match(await typed('gpio test status-led'), /blinks for 3 s/);
    await pins.sees(`${statusLed} up`, 3, before, pinLimitMs);
    figure(`status lamp tried: ${pins.count(`${statusLed} up`, before)} flashes seen outside`);
  });

  if (noOnoff === undefined) {
    test('the driver for old kernels, onoff, sees edges and drives outputs through sysfs', async () => {
      const log = `${agentFolder}/onoff.log`;
      const logged = (wanted: RegExp): Promise<void> => until(String(wanted), bootLimitMs, async () => wanted.test(await inside.run(`cat ${log}`)));
      await inside.run(`node ${agentFolder}/onoff.cjs > ${log} 2>&1 & echo $! > ${agentFolder}/onoff.pid`);
      await logged(/^open$/m);
      for (let edge = 1; edge <= 3; edge++) {
        for (const high of [true, false]) {
          const from = pins.changes.length;
          await pins.drive(onoffPins.in, high);
          await pins.sees(`${onoffPins.out} ${high ? 'up' : 'down'}`, 1, from, pinLimitMs);
        }
      }
      await inside.run(`kill -TERM $(cat ${agentFolder}/onoff.pid)`);
      await logged(/^open\n(?:in true\nin false\n){3}closed$/m);
    });
  } else skipTest('the driver onoff in the emulated board', noOnoff);

  test('a technician configures lines and a mailbox, and its parent starts the runtime anew', async () => {
    await modems.connect(site.board);
    await site.configure(['201'], modems.settings('201'));
    await inside.run('kill -TERM $(cat /run/understudy/pid)');
    await site.started();
  });

  test('modems at four serial lines answer calls at the same time, and each takes its message', async () => {
    await until('all modems set up', bootLimitMs, () => modems.areSetUp);
    await modems.leaveMessages(6000);
    let said = '';
    // A line is on-hook before its message is stored.
    await until('four messages', serviceLimitMs, async () => {
      said = await typed('show messages 201');
      return modems.callers.every((number) => said.includes(number));
    }).catch(() => assert.is(said, 'a message of each caller'));
    for (const number of modems.callers) assert.match(said, new RegExp(`\\b${number}\\b[^\\n]*\\b0:0[3-9]\\b[^\\n]*\\bnew\\b`));
  });

  test('a runtime that hangs: the hardware starts the machine anew, and it tells why', async () => {
    const hungAtMs = site.board.uptimeMs;
    await inside.run('kill -STOP $(cat /run/understudy/pid)');
    await site.board.restarts(resetLimitMs);
    figure(`a runtime that hangs: the hardware restarts the machine after ${((site.board.uptimeMs - hungAtMs) / 1000).toFixed(1)} s`);
    site.board.powerOn();
    await site.started();
    assert.match(await typed('show version'), /hung/);
    assert.match(await typed('show messages 201'), new RegExp(`\\b${modems.callers[0]}\\b`));
  });

  test.after(() => {
    pins?.close();
    modems.close();
    return site.remove();
  });
}

const missing = requires(...emulatorNeeds, command('unsquashfs', 'squashfs-tools'));
if (missing !== undefined) skipTest('what runs in the image', missing);
else await tests();
test.after(endPrograms);
test.run();
