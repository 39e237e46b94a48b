import path from 'node:path';

/** A folder in which a memory cgroup may be made, and whose version it is. */
export interface CgroupPlace {
  readonly version: 1 | 2;
  readonly folder: string;
}

interface Mount {
  readonly root: string;
  readonly at: string;
  readonly type: string;
  readonly options: readonly string[];
}

/**
 * Where a process may make a memory cgroup so that the limits it is under itself go on to hold: below its own, or, in version 2, where a cgroup that
 * has processes cannot have any with limits below it, beside its own. From proc(5)'s mountinfo and cgroups(7)'s /proc/PID/cgroup; null: none is mounted.
 */
export function memoryCgroupPlace(mountinfo: string, ownCgroups: string): CgroupPlace | null {
  const mounts = mountinfo.split('\n').flatMap(mountOf);
  const first = mounts.find(({ type, options }) => type === 'cgroup' && options.includes('memory'));
  const mount = first ?? mounts.find(({ type }) => type === 'cgroup2');
  if (mount === undefined) return null;
  const version = first === undefined ? 2 : 1;
  const own = ownPath(ownCgroups, version);
  const ours = path.join(mount.at, own.startsWith(mount.root) ? path.relative(mount.root, own) : '');
  return { version, folder: version === 2 && ours !== mount.at ? path.dirname(ours) : ours };
}

function mountOf(line: string): Mount[] {
  const [left = '', right = ''] = line.split(' - ');
  const [, , , root, at] = left.split(' ');
  const [type, , options = ''] = right.split(' ');
  return root === undefined || at === undefined || type === undefined ? [] : [{ root, at, type, options: options.split(',') }];
}

/** `hierarchy:controllers:path`; that of version 2 names no controllers. */
function ownPath(ownCgroups: string, version: 1 | 2): string {
  const rows = ownCgroups.split('\n').map((line) => /^(\d+):([^:]*):(.*)$/.exec(line));
  const row = rows.find((one) => (version === 2 ? one?.[2] === '' : one?.[2]?.split(',').includes('memory')));
  return row?.[3] ?? '/';
}
