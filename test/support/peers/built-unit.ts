import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The first build on a machine voices all prompts. */
const buildLimitMs = 240_000;
/** Where there is no time to build, whoever starts the test's program names a file that was built before: in the guest. */
let built: string | null = process.env['UNDERSTUDY_BUILT_UNIT'] ?? null;

/**
 * The simulated board's file, built from this tree: once for each test file, in the test's own folder, so that no other build can
 * change it meanwhile.
 */
export function builtUnit(): string {
  if (built !== null) return built;
  const out = mkdtempSync(path.join(tmpdir(), 'built-'));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['build.mjs', 'sim', '--brief', '--out', out], { encoding: 'utf8', timeout: buildLimitMs });
  if (status !== 0) throw new Error(`the unit does not build:\n${stdout}${stderr}`);
  built = path.join(out, 'sim/understudy.cjs');
  return built;
}
