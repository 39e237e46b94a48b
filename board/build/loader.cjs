#!/usr/bin/env node
'use strict';
// The program is packed at the end of this file: `table` says where each section lies, [characters from the end, length], in base64 of brotli.
// This part unpacks the code, runs it, and is forgotten; the file's text, with all that is packed, then leaves the memory.
{
  const { fstatSync, openSync } = require('node:fs');
  const table = {} /* the build puts the table here */;
  const programs = {} /* the build puts the checksums here */;

  /** Threads run this too, by its text (thread-code.ts), so that none of them reads the whole file again: nothing from around it is used. */
  function run(payload, thread, require) {
    const { createHash } = require('node:crypto');
    const { constants, closeSync, fstatSync, lstatSync, openSync, readFileSync, readSync } = require('node:fs');
    const { Module } = require('node:module');
    const { dirname, isAbsolute, join } = require('node:path');
    const { Script } = require('node:vm');
    // Before the first object of ours, and before kept code is looked at, which is refused under other flags: the young generation of each thread keeps the
    // size it begins with, 1 MiB, instead of growing to 48 (a new thread sets that flag back for all of them, and then comes here), and the old one is
    // collected when it has grown by a tenth: without, by 30 MiB. So little is collected by its own thread: a helper that shares the work, and then
    // does not get its turn on a busy machine, would be waited for.
    for (const flag of ['--semi-space-growth-factor=1', '--optimize-for-size', '--heap-growing-percent=10', '--no-parallel-scavenge']) require('node:v8').setFlagsFromString(flag);
    const [head, tail] = ['(function (exports, require, module, __filename, __dirname) { ', '\n})'];

    function unpackedCode() {
      const { brotliDecompressSync } = require('node:zlib');
      const [fromEnd, length] = payload.table[`code ${thread}`];
      const text = Buffer.alloc(length);
      try {
        readSync(payload.file, text, 0, length, payload.size - fromEnd);
        return brotliDecompressSync(Buffer.from(text.latin1Slice(), 'base64')).latin1Slice();
      } catch {
        process.stderr.write(`understudy: ${payload.name} is damaged or cut off; get it again.\n`);
        process.exit(1);
      }
    }

    /** Where compiled code is kept between starts; null = nowhere. */
    function cacheFolder({ UNDERSTUDY_CACHE_DIR: chosen, CACHE_DIRECTORY: service, XDG_CACHE_HOME: user, HOME: home }) {
      const folder = chosen ?? (service ? service.split(':')[0] : user ? join(user, 'understudy') : home ? join(home, '.cache/understudy') : '');
      return isAbsolute(folder) ? folder : null;
    }

    /**
     * What an earlier start kept: the text, and what V8 made of it; undefined = there is nothing that can be trusted. V8 looks at its version and flags
     * itself, not at its bytes.
     */
    function keptCode({ file, key, sumBytes, textBytes, mostBytes }) {
      let fd;
      try {
        const ours = ({ uid, mode }) => uid === process.geteuid() && (mode & 0o022) === 0;
        if (!ours(lstatSync(dirname(file)))) return undefined;
        // A pipe of that name would keep a start waiting for ever.
        fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
        const found = fstatSync(fd);
        if (!ours(found) || !found.isFile() || found.nlink !== 1 || found.size <= sumBytes + textBytes || found.size > mostBytes) return undefined;
        const bytes = readFileSync(fd);
        const whole = bytes.subarray(sumBytes);
        if (!createHash('sha256').update(key).update(whole).digest().equals(bytes.subarray(0, sumBytes))) return undefined;
        return { text: whole.latin1Slice(0, textBytes), compiled: whole.subarray(textBytes) };
      } catch {
        return undefined;
      } finally {
        if (fd !== undefined) closeSync(fd);
      }
    }

    /** What there is to know about the compiled code of this thread, for who keeps it (code-cache.ts). */
    function cachePlace() {
      const folder = cacheFolder(process.env);
      const { sum, bytes } = payload.programs[thread];
      const key = `${sum} ${thread} ${process.version} ${process.arch}\n`;
      const name = `${thread}-${createHash('sha256').update(key).digest('hex').slice(0, 32)}.v8`;
      return folder === null ? null : { folder, file: join(folder, name), key, sumBytes: 32, textBytes: head.length + bytes + tail.length, mostBytes: 32 * 1024 * 1024 };
    }

    globalThis[Symbol.for('understudy.payload')] = payload;
    const module = new Module(payload.name);
    module.filename = payload.name;
    module.paths = Module._nodeModulePaths(dirname(payload.name));
    // Node itself must compile it for its source map to count.
    if ([...process.execArgv, process.env.NODE_OPTIONS].join(' ').includes('--enable-source-maps')) return module._compile(unpackedCode(), payload.name);
    const place = cachePlace();
    const kept = place === null ? undefined : keptCode(place);
    const text = kept?.text ?? head + unpackedCode() + tail;
    const script = new Script(text, { filename: payload.name, columnOffset: -head.length, cachedData: kept?.compiled });
    const isKept = kept !== undefined && script.cachedDataRejected === false;
    globalThis[Symbol.for('understudy.compiled')] = place === null ? null : { script, text, place, keptBytes: isKept ? kept.compiled.length : 0 };
    const program = script.runInThisContext();
    program.call(module.exports, module.exports, Module.createRequire(payload.name), module, payload.name, dirname(payload.name));
  }

  // Stays open: the sections are those of this program, also when another one has taken the file's name.
  const file = openSync(__filename, 'r');
  // A copy: a piece of a text would keep the whole of it.
  const copy = Buffer.from(String(run)).toString();
  run({ name: __filename, file, size: fstatSync(file).size, table, programs, run: copy }, 'control', require);
}
