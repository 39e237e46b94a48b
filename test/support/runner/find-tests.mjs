import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Files below `folder` (relative to `cwd`) whose name ends so, sorted, as paths relative to `cwd`. */
export function filesBelow(folder, ending) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((name) => path.join(folder, String(name)))
    .filter((file) => file.endsWith(ending))
    .sort();
}

/** True when no filter is given, or one of them is contained in the name. */
export function selected(name, filters) {
  return filters.length === 0 || filters.some((filter) => name.includes(filter));
}
