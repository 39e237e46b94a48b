import type { CliCommand, CliOption, Given } from './cli-commands.ts';

/** How the broker is reached; null = not said. Files are named as the person did. */
export interface BrokerWords {
  readonly host: string;
  readonly port: number | null;
  /** In the clear. */
  readonly plain: boolean;
  readonly authority: string | null;
  readonly certificate: string | null;
  readonly privateKey: string | null;
  readonly user: string | null;
  readonly passwordFile: string | null;
}

/** What an operator of an estate asks for. */
export type EstateRequest =
  | { readonly command: 'estate key'; readonly file: string }
  | { readonly command: 'estate watch'; readonly broker: BrokerWords; readonly seconds: number | null }
  | { readonly command: 'estate command'; readonly broker: BrokerWords; readonly unit: string; readonly name: string; readonly version: string | null; readonly key: string };

const brokerOptions: readonly CliOption[] = [
  { name: 'broker', value: 'HOST[:PORT]', required: true, help: 'the broker of the estate; port 8883, or 1883 in the clear, unless told' },
  { name: 'plain', value: null, required: false, help: 'speak to the broker in the clear' },
  { name: 'authority', value: 'FILE', required: false, help: 'PEM file of the authority that vouches for the broker' },
  { name: 'certificate', value: 'FILE', required: false, help: 'PEM file of the certificate that is shown to the broker' },
  { name: 'private-key', value: 'FILE', required: false, help: 'PEM file of its key' },
  { name: 'user', value: 'NAME', required: false, help: 'user name at the broker' },
  { name: 'password-file', value: 'FILE', required: false, help: 'file whose first line is the password' },
];

function brokerWords(given: Given): BrokerWords {
  const [, bracketed, plainHost = '', port] = /^(?:\[([^\]]*)\]|([^:]*))(?::([0-9]{1,5}))?$/.exec(given.option('broker') ?? '') ?? [];
  return {
    host: bracketed ?? (plainHost === '' ? (given.option('broker') ?? '') : plainHost),
    port: port === undefined ? null : Number(port),
    plain: given.switched('plain'),
    authority: given.option('authority'),
    certificate: given.option('certificate'),
    privateKey: given.option('private-key'),
    user: given.option('user'),
    passwordFile: given.option('password-file'),
  };
}

function seconds(given: Given): number | null {
  const text = given.option('seconds');
  return text === null ? null : Number(text);
}

export const estateCommands: readonly CliCommand[] = [
  {
    name: 'estate key',
    help: 'make a key for commands, and print what estate.commandKeys of the units needs',
    arguments: [{ name: 'FILE', required: true, help: 'file to write the key to; keep it secret' }],
    options: [],
    request: (given) => ({ command: 'estate key', file: given.argument('FILE') ?? '' }),
  },
  {
    name: 'estate watch',
    help: 'show all units of an estate and their alarms, as the broker tells them',
    arguments: [],
    options: [...brokerOptions, { name: 'seconds', value: 'N', required: false, help: 'end after so long; until Ctrl-C unless told' }],
    request: (given) => ({ command: 'estate watch', broker: brokerWords(given), seconds: seconds(given) }),
  },
  {
    name: 'estate command',
    help: 'send a signed command to a unit, and print its answer',
    arguments: [
      { name: 'UNIT', required: true, help: 'name of the unit, or the start of its id' },
      { name: 'COMMAND', required: true, help: 'report, failover, failback, rollback or clear' },
      { name: 'VERSION', required: false, help: 'of the site, for rollback' },
    ],
    options: [{ name: 'key', value: 'FILE', required: true, help: 'the key that signs, as estate key made it' }, ...brokerOptions],
    request: (given) => ({ command: 'estate command', broker: brokerWords(given), unit: given.argument('UNIT') ?? '', name: given.argument('COMMAND') ?? '', version: given.argument('VERSION'), key: given.option('key') ?? '' }),
  },
];
