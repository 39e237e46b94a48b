import { HalError, type HalErrorId } from '../../errors.ts';
import type { RaucEnd } from './rauc-program.ts';

/** What RAUC 1.8 says in words, in the order in which they are looked for. */
const kinds: readonly (readonly [RegExp, HalErrorId])[] = [
  [/already processing|Operation already in progress/i, 'busy'],
  [/verification failure|content verify error|digest failure|asn1|Invalid bundle format|Signature size|Invalid signature size|bundle is too small/i, 'damaged'],
  [/signature verification failed|Verify error|no signature|unable to get .*issuer|self-signed|certificate has expired|unsuitable certificate purpose/i, 'not-trusted'],
  [/Input\/output error|dm-verity|squashfs|Failed to read|failed to mount bundle|Failed mounting bundle/i, 'damaged'],
  [/No space left|larger than|exceeds (?:slot|device)|too small/i, 'no-space'],
  [/No such file|does not exist|Failed to open/i, 'not-found'],
  [/Bundle format .* not allowed|not a RAUC bundle|unsupported format/i, 'unsupported'],
  [/mismatch/i, 'unsupported'],
  [/org\.freedesktop\.DBus|Could not connect|Error creating proxy|name is not activatable/i, 'io'],
];

/** The reason that it gave, as one line. */
function raucReason({ stdout, stderr }: Pick<RaucEnd, 'stdout' | 'stderr'>): string {
  const last = /LastError: (.+)/.exec(stdout)?.[1];
  const lines = stderr.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !/^(?:\(rauc:\d+\): )?rauc-(?:Message|WARNING|DEBUG)/.test(line) && !/^[0-9A-F]{8,}:error:/.test(line) && !/^Installing .* failed$/.test(line));
  return (last ?? lines.at(-1) ?? 'it does not say why').slice(0, 300);
}

export function raucError(place: string, end: RaucEnd): HalError {
  const reason = raucReason(end);
  const whole = `${reason}\n${end.stderr}`;
  const id = kinds.find(([pattern]) => pattern.test(whole))?.[1] ?? 'io';
  return new HalError(id, place, reason);
}
