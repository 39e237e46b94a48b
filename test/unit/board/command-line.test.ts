// What the project's commands say to words that they do not understand, run as they are typed.
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const commands = ['build.mjs', 'test/run.mjs', 'test/bench/run.mjs', 'board/image/main.mjs', 'board/linux/package/make-package.mjs'];

function typed(...words: string[]): { readonly code: number | null; readonly out: string; readonly error: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 30_000 });
  return { code: status, out: stdout, error: stderr };
}

for (const command of commands) {
  test(`${command}: --help tells the usage, an unknown option is named in one sentence before it`, () => {
    const help = typed(command, '--help');
    assert.equal([help.code, help.error], [0, '']);
    assert.match(help.out, /^(node|npm run) \S+ .*\n {2}\S/);
    const wrong = typed(command, '--no-such-option');
    assert.equal([wrong.code, wrong.out], [2, '']);
    assert.is(wrong.error.trimEnd(), `Unknown option '--no-such-option'.\n\n${help.out.trimEnd()}`);
  });
}

test('the bench refuses sections and figures before it measures anything', () => {
  for (const [words, said] of [[['nonsense'], /^bench: there is no section nonsense; there are start, /], [['sip', '--seconds', 'x'], /^bench: --seconds x: a whole number/]] as const) {
    const { code, error } = typed('test/bench/run.mjs', ...words);
    assert.is(code, 2);
    assert.match(error, said);
    assert.match(error, /\n\nnpm run bench /);
  }
});

test.run();
