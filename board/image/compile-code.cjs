'use strict';
// Runs on the unit's own Node (emulated, see code-cache.mjs): node --hash-seed=1 compile-code.cjs FOLDER PROGRAM PLACE THREAD... writes the compiled code of
// these threads of the program, which has the path PLACE on the unit, to FOLDER, as code-cache.ts of board/build would after a start, but without running it,
// and always the same bytes: all functions are compiled at once, not those that happened to run, and V8's hash tables begin with a fixed number.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { Module } = require('node:module');
const { basename, dirname, join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const vm = require('node:vm');

/** Where the loader compiles the code, all of it is compiled; where it would run it, it is written instead. */
class Compiled extends vm.Script {
  constructor(text, options) {
    setFlagsFromString('--no-lazy');
    super(text, options);
    setFlagsFromString('--lazy');
  }

  runInThisContext() {
    const { text, place } = globalThis[Symbol.for('understudy.compiled')];
    const whole = Buffer.concat([Buffer.from(text, 'latin1'), this.createCachedData()]);
    const sum = createHash('sha256').update(place.key).update(whole).digest();
    fs.mkdirSync(place.folder, { recursive: true, mode: 0o700 });
    fs.writeFileSync(place.file, Buffer.concat([sum, whole]), { mode: 0o600 });
    process.stdout.write(`${place.file} ${whole.length}\n`);
    return () => {};
  }
}

// The number has been taken. V8 wants the flags under which it has compiled, and on the unit there are none.
setFlagsFromString('--hash-seed=0');
const [folder, program, place, ...threads] = process.argv.slice(2);
process.env.UNDERSTUDY_CACHE_DIR = folder;
vm.Script = Compiled;
// Names of files are part of what V8 keeps: under this one the unit will load it. What lies beside it there lies beside it here.
const { openSync } = fs;
fs.openSync = (file, ...rest) => openSync(dirname(String(file)) === dirname(place) ? join(dirname(program), basename(file)) : file, ...rest);
new Module(place)._compile(fs.readFileSync(program, 'latin1'), place);
const payload = globalThis[Symbol.for('understudy.payload')];
const load = (0, eval)(`(${payload.run})`);
for (const thread of threads) load(payload, thread, require);
