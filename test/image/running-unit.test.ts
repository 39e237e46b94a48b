// What runs in a unit of the image, seen from inside (support/image/guest-agent.ts): memory, processes and sockets; and what becomes of a runtime that hangs.
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { builtImage, emulatorNeeds } from '../support/image/built-image.ts';
import { agentFolder, GuestAgent, withAgent } from '../support/image/guest-agent.ts';
import { bootLimitMs, ImageSite } from '../support/image/site.ts';
import { endPrograms } from '../support/peers/program.ts';
import { command, requires, skipTest } from '../support/skip.ts';

const leastFreeMib = 350;
/** Heartbeat of the watchdog's card, the parent's patience, and the way down, five times. */
const resetLimitMs = 300_000;

/** One name or address in a line; # begins a remark. */
const listed = (file: string): string[] => readFileSync(file, 'utf8').split('\n').map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '');

function tests(): void {
  const image = builtImage();
  const site = new ImageSite(image, { direct: withAgent(image), channels: ['agent'] });
  const agent = async (): Promise<GuestAgent> => {
    const one = new GuestAgent(site.board.channel('agent'));
    await one.ready(bootLimitMs);
    return one;
  };
  let inside: GuestAgent;

  test('the image starts with the helper inside', async () => {
    site.board.powerOn();
    inside = await agent();
    await site.started();
    figure(`kernel to taking calls, without boot loaders, ${(site.board.uptimeMs / 1000).toFixed(1)} s`);
  });

  test('350 MB of 512 are free while it runs', async () => {
    const free = Number(/^MemAvailable: +(\d+) kB$/m.exec(await inside.run('cat /proc/meminfo'))?.[1]) / 1024;
    figure(`memory available ${free.toFixed(0)} MiB of 512`);
    assert.ok(free >= leastFreeMib, `${free} MiB`);
  });

  test('nothing runs but what is allowed', async () => {
    const file = 'board/common/image/allowed-processes';
    const allowed = existsSync(file) ? listed(file) : [];
    const own = await inside.run(`for p in /proc/[0-9]*; do [ -s $p/cmdline ] && echo "$(tr '\\0' ' ' < $p/cmdline)"; done`);
    const running = [...new Set(own.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.includes(agentFolder) && !/^(?:sh -c for p|tr )/.test(line)))];
    assert.equal(running.filter((line) => !allowed.some((name) => line === name || line.startsWith(`${name} `))), []);
  });

  test('nothing listens but what is allowed', async () => {
    const file = 'board/common/image/allowed-sockets';
    const allowed = existsSync(file) ? listed(file) : [];
    const open = listening(await inside.run('for kind in tcp tcp6 udp udp6; do while read -r n l r s rest; do echo "$kind $l $s"; done < /proc/net/$kind; done'));
    assert.equal(open.filter((one) => !allowed.includes(one)), []);
  });

  test('a runtime that hangs is started anew, by its parent or by the hardware, and tells why', async () => {
    const before = site.board.uptimeMs;
    await inside.run('kill -STOP $(pidof node)');
    const mark = site.board.console.text.length;
    const again = site.board.console.heard(/ started: The unit answers/, resetLimitMs).then(() => 'by its parent', () => 'by the hardware');
    const how = await again;
    if (how === 'by the hardware') {
      site.board.powerOn();
      inside = await agent();
      await site.started();
    }
    figure(`a runtime that hangs is started anew ${how} and takes calls after ${((site.board.uptimeMs - (how === 'by its parent' ? before : 0)) / 1000).toFixed(1)} s`);
    assert.ok(how === 'by the hardware' || site.board.console.text.length > mark);
    const person = await site.console();
    assert.match(await person.type('show version'), /watchdog|hung|hang|stuck/i);
  });

  test.after(() => site.remove());
}

/** 'udp 5060', from proc(5) net: TCP sockets in state 0A listen, UDP sockets in state 07 are bound. Each once, in order. */
function listening(text: string): string[] {
  const found = text.split('\n').flatMap((line) => {
    const [, kind, port = '', state] = /^(tcp|udp)6? [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{2})$/.exec(line.trim()) ?? [];
    return kind !== undefined && state === (kind === 'tcp' ? '0A' : '07') ? [`${kind} ${parseInt(port, 16)}`] : [];
  });
  return [...new Set(found)].sort();
}

const missing = requires(...emulatorNeeds, command('unsquashfs', 'squashfs-tools'), command('sfdisk', 'fdisk'));
if (missing !== undefined) skipTest('what runs in the image', missing);
else tests();
test.after(endPrograms);
test.run();
