// What dpkg is told of the package. Pure.

/** Processors in Debian's words, and in Node's. */
export const architectures = { amd64: 'x64', arm64: 'arm64' };

/** Of our version: Debian sorts `1.0.0~rc.1` before `1.0.0`, as a dash there would not. */
export const debianVersion = (version) => version.replace('-', '~');

/** libc as old as Node asks for (its BUILDING.md: glibc 2.28); setpriv is in util-linux, which is essential. */
export function controlFile({ version, architecture, installedBytes, description }) {
  return [
    'Package: understudy',
    `Version: ${debianVersion(version)}`,
    `Architecture: ${architecture}`,
    'Maintainer: Understudy <maintainers@understudy.invalid>',
    `Installed-Size: ${Math.ceil(installedBytes / 1024)}`,
    'Depends: libc6 (>= 2.28), libstdc++6, libgcc-s1, adduser, init-system-helpers (>= 1.52)',
    'Recommends: libpcap0.8',
    'Suggests: espeak-ng',
    'Section: comm',
    'Priority: optional',
    `Description: ${description}`,
    ' Answers calls for a PBX over SIP and for analog lines, plays greetings,',
    ' records messages, lights lamps, and lets owners listen by telephone. Two of',
    ' them make a pair, in which one goes on when the other, the PBX or the link',
    ' between them fails. Carries the Node.js that it is tested with.',
    '',
  ].join('\n');
}

/** Debian's log of changes, of which the package's own version is the only entry: what has changed is told in CHANGELOG.md. */
export function changelog({ version, time }) {
  return `understudy (${debianVersion(version)}) unstable; urgency=medium\n\n  * See CHANGELOG.md beside this file.\n\n -- Understudy <maintainers@understudy.invalid>  ${rfc5322(time)}\n`;
}

function rfc5322(time) {
  return new Date(time * 1000).toUTCString().replace('GMT', '+0000');
}

/** Lines for `md5sums`: what dpkg --verify compares with. */
export function md5sums(files) {
  return files.map(({ name, md5 }) => `${md5}  ${name}\n`).join('');
}
