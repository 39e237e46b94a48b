// The manual page, understudy(8): what the program's own help says, and what only the package has. Pure.

/** troff takes a backslash, and a dot or a quote that begins a line, for itself. */
const plain = (text) => text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^(?=[.'])/gm, '\\&');

const places = [
  ['/etc/understudy/understudy.yaml', 'The configuration. Check it with understudy check; the console changes it too (configure, commit).'],
  ['/var/lib/understudy', 'Messages, greetings, settings and keys of the unit. Removed when the package is purged, not when it is removed.'],
  ['/var/cache/understudy', 'Compiled code for a quicker start; may be deleted at any time.'],
  ['/usr/lib/understudy/node', 'The Node.js that the unit is tested with; nothing else uses it.'],
];

const service = [
  'The unit runs as the user understudy and is supervised by systemd: systemctl status understudy, journalctl \\-u understudy. It is started when the package is installed and started anew when it is upgraded, which ends',
  'the calls in progress; where there is a partner, hand over to it first (failover at the console).',
  '.PP',
  'No mailbox has a PIN at first, and nobody has a password: mailbox NUMBER pin reset, at the console, makes one. The console is joined by understudy console, as root.',
  '.PP',
  'Commands that change what the unit has stored (flow put, prompt put, prompt remove) run as the user understudy, which must be able to read the files that are named.',
];

/** `help`: what `understudy help` prints. `date`: yyyy-mm-dd. */
export function manPage({ version, date, help }) {
  const [usage = '', rest = ''] = help.split(/\nCommands:\n/);
  const synopsis = usage.split('\nUsage:\n')[1] ?? '';
  const [commands = '', codes = ''] = rest.split(/\nunderstudy COMMAND --help[^\n]*\n\s*Exit codes:\n/);
  return [
    `.TH UNDERSTUDY 8 "${date}" "Understudy ${version}" "System administration"`,
    '.SH NAME', 'understudy \\- voicemail unit that keeps answering',
    '.SH SYNOPSIS', '.nf', plain(trimmed(synopsis)), '.fi',
    '.SH COMMANDS', ...listed(commands), '.PP', plain('understudy COMMAND --help tells more about a command.'),
    '.SH SERVICE', ...service,
    '.SH FILES', ...places.flatMap(([file, about]) => ['.TP', `.I ${plain(file)}`, plain(about)]),
    '.SH EXIT STATUS', ...listed(codes),
    '',
  ].join('\n');
}

const trimmed = (text) => text.split('\n').map((line) => line.trim()).filter((line) => line !== '').join('\n');

/** Lines of two columns, the second after two spaces or more. */
function listed(text) {
  const rows = [...text.matchAll(/^ {2}(\S.*?) {2,}(\S.*)$/gm)];
  return rows.flatMap(([, name, about]) => ['.TP', `.B ${plain(name)}`, plain(about)]);
}
