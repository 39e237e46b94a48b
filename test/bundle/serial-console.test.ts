// A technician's terminal program at the built, running unit: picocom, a pseudo-terminal for a cable, and keys.
import { spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { PtyCable } from '../support/serial-cable.ts';
import { command, requires, skipTest } from '../support/skip.ts';
import { runNode } from './project-copy.ts';
import { endRunning, freePort, Running } from './running.ts';

/** 16-bit PCM, one channel. */
function wav(rate: number, samples: Int16Array): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.write('WAVEfmt ', 8);
  for (const [at, value] of [[16, 16], [24, rate], [28, 2 * rate], [40, samples.byteLength]] as const) head.writeUInt32LE(value, at);
  for (const [at, value] of [[20, 1], [22, 1], [32, 2], [34, 16]] as const) head.writeUInt16LE(value, at);
  head.write('data', 36);
  return Buffer.concat([head, Buffer.from(samples.buffer)]);
}

const missing = requires('socat', 'picocom', 'sz', 'rz', command('script', 'bsdutils'));
if (missing !== undefined) skipTest('a technician works at the serial console', missing);
else {
  const folder = mkdtempSync(path.join(tmpdir(), 'serial-console-'));
  const built = runNode(['build.mjs', 'sim', '--silent-prompts', '--out', path.join(folder, 'dist')], '.');
  if (built.status !== 0) throw new Error(`the product does not build:\n${built.output}`);
  const cable = new PtyCable();
  let unit: Running;

  /** The terminal program has 24 rows of 80 columns. */
  const picocom = (baud = 115_200): Running => new Running(folder, 'script', ['-qfec', `stty rows 24 cols 80; exec picocom --quiet --nolock -b ${baud} ${cable.right}`, '/dev/null']);
  const leave = '\x01\x18';
  const prompt = /understudy> $/;

  async function begin(): Promise<Running> {
    const terminal = picocom();
    for (let tries = 0; tries < 20; tries++) {
      terminal.type('\r');
      if (await terminal.until(/understudy> $|login: $/, 0, 1000).then(() => true, () => false)) return terminal;
    }
    throw new Error(`no prompt: ${JSON.stringify(terminal.output)}\n${unit.output}`);
  }

  test.before(async () => {
    await cable.plug();
    const file = path.join(folder, 'unit.yaml');
    writeFileSync(file, `unit: { name: attic }\nports: 2\nsip: { address: 127.0.0.1, port: ${await freePort()} }\nconsole: { idleMin: 1 }\npeers: []\nmailboxes: [{ number: "201" }]\n`);
    unit = new Running(folder, process.execPath, [path.join(folder, 'dist/sim/understudy.cjs'), 'run', '--config', file, '--data', path.join(folder, 'data'), '--serial-console', cable.left]);
    await unit.until(/started: /);
  });

  /** Takes what the unit says until it is this. */
  async function heard(wanted: RegExp): Promise<void> {
    const end = openSync(cable.right, constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
    const buffer = Buffer.alloc(4096);
    let text = '';
    for (const began = Date.now(); !wanted.test(text); await new Promise((resolve) => setTimeout(resolve, 20))) {
      if (Date.now() - began > 15_000) throw new Error(`not within 15 s: ${wanted} in ${JSON.stringify(text)}`);
      try {
        text += buffer.subarray(0, readSync(end, buffer)).toString('latin1');
      } catch {
        // Nothing yet.
      }
    }
    closeSync(end);
  }

  /** One of lrzsz with the cable's other end as its terminal. */
  async function atTheOtherEnd(keys: readonly string[], program: string, args: readonly string[]): Promise<number | null> {
    const end = openSync(cable.right, constants.O_RDWR | constants.O_NOCTTY);
    for (const line of keys) {
      await heard(line === '' ? /press Enter\r\n$/ : /understudy> $/);
      writeSync(end, `${line}\r`);
    }
    await heard(/run [rs]z/);
    const child = spawn(program, args, { cwd: folder, stdio: [end, end, 'ignore'], timeout: 60_000, killSignal: 'SIGKILL' });
    closeSync(end);
    return new Promise((resolve) => child.once('exit', resolve));
  }

  test('the configuration comes out by the cable, and a greeting goes in, with rz and sz', async () => {
    assert.is(await atTheOtherEnd(['', 'send configuration'], 'rz', ['--binary', '--overwrite']), 0);
    assert.is(readFileSync(path.join(folder, 'attic.yaml'), 'utf8'), readFileSync(path.join(folder, 'unit.yaml'), 'utf8'));
    writeFileSync(path.join(folder, 'hello.wav'), wav(16_000, Int16Array.from({ length: 480_000 }, (_, index) => Math.round(8000 * Math.sin(index / 6)))));
    assert.is(await atTheOtherEnd(['receive greeting 201'], 'sz', ['--binary', 'hello.wav']), 0);
    assert.is(await atTheOtherEnd(['send greeting 201'], 'rz', ['--binary', '--overwrite']), 0);
    // At 8 kHz: a header, and one or two bytes for each of the 240,000 samples of half a minute, which is more than the disk's queue takes at once.
    const bytes = statSync(path.join(folder, 'greeting-201.wav')).size;
    assert.ok(bytes > 239_000 && bytes < 481_000, `${bytes} bytes`);
    assert.is(await atTheOtherEnd(['receive prompt Welcome'], 'sz', ['--binary', 'hello.wav']), 0);
    assert.is(await atTheOtherEnd(['show prompts', 'receive firmware'], 'sz', ['--binary', 'hello.wav']), 0);
    await heard(/kept as incoming\/understudy\.cjs[\s\S]*sha256 [0-9a-f]{64}/);
    assert.is(Buffer.compare(readFileSync(path.join(folder, 'data/incoming/understudy.cjs')), readFileSync(path.join(folder, 'hello.wav'))), 0);
    // Beside the unit that runs.
    assert.match(runNode([path.join(folder, 'dist/sim/understudy.cjs'), 'prompt', 'list', '--data', path.join(folder, 'data')], '.').output, /Welcome +30\.0 s/);
  });

  test('100 KB pasted through the terminal program are all done', async () => {
    const terminal = await begin();
    await terminal.answer('configure\r', /understudy# $/);
    const began = Date.now();
    const lines = Array.from({ length: 1500 }, (_, index) => `set mailboxes[${1000 + index}].name "Person number ${index} of the whole long paste"\r`);
    for (const line of lines) terminal.type(line);
    terminal.type('show mailboxes[2499]\r');
    await terminal.until(/mailboxes\[2499\]\.name = "Person number 1499 of the whole long paste"\r+\nunderstudy# $/, 0, 60_000);
    figure(`a paste of 100 KB through picocom and the serial console: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    assert.match(await terminal.answer('compare\r', /-- more: /), 'Person number');
    await terminal.answer('q', /understudy# $/);
    await terminal.answer('exit\r', /understudy> $/);
    terminal.type(leave);
    await terminal.ended;
  });

  test('Enter, ?, Tab, history, a page of 24 rows, and the name of who is asked for', async () => {
    const terminal = await begin();
    assert.match(await terminal.answer('show ?', /understudy> show /), /version +program, commit/);
    assert.match(await terminal.answer('ver\t\r', prompt), /board +sim/);
    assert.match(await terminal.answer('\x1b[A\r', prompt), /board +sim/);
    assert.match(await terminal.answer('show settings\r', /-- more: /), 'unit.name = "attic"');
    await terminal.answer('q', prompt);
    assert.match(await terminal.answer('technician add ann\r', prompt), 'the password for the first login of ann is');
    await terminal.answer('exit\r', /attic: press Enter/);
    terminal.type(leave);
    await terminal.ended;
  });

  test('now a login is asked for, and the first one chooses a password', async () => {
    const given = /first login of ann is ([a-z0-9-]+)/;
    const socket = new Running(folder, 'script', ['-qfec', `'${process.execPath}' '${path.join(folder, 'dist/sim/understudy.cjs')}' console --data '${path.join(folder, 'data')}'`, '/dev/null']);
    await socket.until(/login: $/);
    socket.kill('SIGKILL');
    const terminal = await begin();
    assert.match(terminal.output, /login: /);
    assert.not.match(terminal.output, given);
    terminal.type(leave);
    await terminal.ended;
  });

  test('noise, then a technician: garbage of all 256 values stops nothing', async () => {
    const noise = new Running(folder, 'sh', ['-c', `head -c 20000 /dev/urandom > ${cable.right}; printf '\\003\\003\\004\\r' > ${cable.right}`]);
    assert.is(await noise.ended, 0);
    const terminal = await begin();
    assert.match(terminal.output, /login: /);
    assert.not.match(unit.output, /defect|TypeError|    at /);
    terminal.type(leave);
    await terminal.ended;
  });

  test('the cable is pulled and put back: told, tried again, and asks for a login', async () => {
    await cable.unplug();
    await unit.until(/serial-console-lost: /);
    await cable.plug();
    await unit.until(/serial-console-back: /, 0, 20_000);
    const terminal = await begin();
    assert.match(terminal.output, /login: /);
    terminal.type(leave);
    await terminal.ended;
  });

  test('the unit stops in good order with a technician at the prompt', async () => {
    const terminal = await begin();
    unit.kill('SIGTERM');
    assert.is(await unit.ended, 0);
    await terminal.until(/the session ends: the unit stops/);
    terminal.type(leave);
  });

  test.after(async () => {
    endRunning();
    await cable.remove();
  });
}

test.run();
