import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCgroupPlace } from '../../support/peers/memory-cgroup-place.ts';

const v1Mount = (root = '/'): string => `32 31 0:32 ${root} /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory`;
const v2Mount = (at = '/sys/fs/cgroup', root = '/'): string => `41 31 0:38 ${root} ${at} rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate`;

test('version 1: below the own one', () => {
  assert.equal(memoryCgroupPlace(v1Mount(), '9:name=systemd:/x\n4:memory:/user/one\n0::/\n'), { version: 1, folder: '/sys/fs/cgroup/memory/user/one' });
});

test('version 1 with other controllers, in a container that sees its own part only', () => {
  assert.equal(memoryCgroupPlace(v1Mount('/docker/c1'), '4:cpu,memory:/docker/c1/inner'), { version: 1, folder: '/sys/fs/cgroup/memory/inner' });
  assert.equal(memoryCgroupPlace(v1Mount('/docker/c1'), '4:memory:/'), { version: 1, folder: '/sys/fs/cgroup/memory' });
});

test('both are mounted: that of version 1, which has the memory', () => {
  assert.equal(memoryCgroupPlace(`${v2Mount('/sys/fs/cgroup/unified')}\n${v1Mount()}`, '4:memory:/\n0::/else'), { version: 1, folder: '/sys/fs/cgroup/memory' });
});

test('version 2: beside the own one; at the top there is no beside', () => {
  assert.equal(memoryCgroupPlace(v2Mount(), '0::/user.slice/user-0.slice/session-1.scope\n'), { version: 2, folder: '/sys/fs/cgroup/user.slice/user-0.slice' });
  assert.equal(memoryCgroupPlace(v2Mount(), '0::/\n'), { version: 2, folder: '/sys/fs/cgroup' });
});

test('none is mounted', () => {
  assert.is(memoryCgroupPlace('31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n\n', '0::/'), null);
});

test.run();
