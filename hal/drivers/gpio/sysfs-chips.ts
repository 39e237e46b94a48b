import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HalError } from '../../errors.ts';
import { halError } from '../linux/errno.ts';

/** The number that sysfs knows a line by: they move between kernels (504, 512, 1016, ...), so the chip is found by its label. Throws not-found, unsupported. */
export function sysfsNumber(folder: string, chip: string, line: number): number {
  const seen: string[] = [];
  for (const name of chipFolders(folder)) {
    const read = (file: string): string => readFileSync(path.join(folder, name, file), 'utf8').trim();
    const label = read('label');
    if (label !== chip && name !== chip) {
      seen.push(`${name} (${label})`);
      continue;
    }
    if (line >= Number(read('ngpio'))) throw new HalError('unsupported', `gpio chip ${chip}`, `it has ${read('ngpio')} lines, and none ${line}`);
    return Number(read('base')) + line;
  }
  throw new HalError('not-found', `gpio chip ${chip}`, `this machine has: ${seen.join(', ') || 'none'}`);
}

function chipFolders(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.startsWith('gpiochip')).sort();
  } catch (cause) {
    const error = halError(folder, cause);
    throw error.id === 'not-found' ? new HalError('unsupported', folder, 'this kernel has no GPIO in sysfs', cause) : error;
  }
}
