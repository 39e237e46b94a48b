// vgetty and vm of Debian's mgetty-voice, each run in a mount namespace with configuration, spool, log and locks of its own: nothing of the
// machine is changed, and several run side by side.
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Program } from '../peers/program.ts';
import { command, mounting, type Need, root } from '../skip.ts';

export const mgettyNeeds: readonly Need[] = [root, mounting, command('vgetty', 'mgetty-voice'), command('vm', 'mgetty-voice')];

const templates = '/usr/share/mgetty/templates/etc';
const limitMs = 100_000;

const enter = `
mount --bind "$0/etc" /etc/mgetty && mount --bind "$0/spool" /var/spool/voice && mount --bind "$0/log" /var/log &&
mount -t tmpfs none /run && mkdir -p /run/lock && exec "$@"`;

/** How mgetty-voice numbers sample formats in its files and its configuration. */
export const mgettyFormats = { u8: 8, s8: 9, mu: 10, a: 11, s16: 12 } as const;

export type MgettyFormat = keyof typeof mgettyFormats;

export class MgettyHouse {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'mgetty-'));

  constructor(format: MgettyFormat) {
    for (const one of ['etc', 'spool/incoming', 'spool/messages', 'log/mgetty']) mkdirSync(path.join(this.folder, one), { recursive: true });
    for (const one of ['mgetty.config', 'login.config', 'dialin.config']) copyFileSync(path.join(templates, one), path.join(this.folder, 'etc', one));
    writeFileSync(path.join(this.folder, 'etc/voice.conf'), configuration(format));
    this.#program('keys.sh', '#!/bin/sh\necho "$1" >> /var/spool/voice/keys\n');
  }

  /** A file of its spool: a path below /var/spool/voice. */
  file(name: string): string {
    return path.join(this.folder, 'spool', name);
  }

  read(name: string): Buffer {
    return readFileSync(this.file(name));
  }

  /** A script that `vm shell` runs. */
  script(name: string, text: string): void {
    this.#program(name, text);
  }

  /** The messages that vgetty has recorded, as it stored them. */
  get messages(): Buffer[] {
    return readdirSync(this.file('incoming')).filter((name) => name.endsWith('.rmd')).map((name) => this.read(`incoming/${name}`));
  }

  /** What the programs logged, for error messages. */
  get log(): string {
    const folder = path.join(this.folder, 'log/mgetty');
    return readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'latin1')).join('\n').slice(-20_000);
  }

  /** `device`: /dev/pts/N. */
  vgetty(device: string): Program {
    return this.#run('vgetty', '-x', '6', device.replace('/dev/', ''));
  }

  vm(...args: string[]): Program {
    return this.#run('vm', ...args);
  }

  #run(...args: string[]): Program {
    return new Program('unshare', ['-m', '--propagation', 'private', 'sh', '-c', enter, this.folder, ...args], { cwd: this.folder, limitMs });
  }

  #program(name: string, text: string): void {
    writeFileSync(this.file(name), text);
    chmodSync(this.file(name), 0o755);
  }
}

/** A voice file: a header of 32 bytes, then samples as the modem speaks them. */
export function voiceFile(format: MgettyFormat, samples: Uint8Array): Buffer {
  const header = Buffer.alloc(32);
  header.write('RMD1V253modem', 'latin1');
  header.writeUInt16BE(mgettyFormats[format], 20);
  header.writeUInt16BE(8000, 22);
  header[24] = format === 's16' ? 16 : 8;
  return Buffer.concat([header, samples]);
}

export const samplesOf = (file: Buffer): Buffer => file.subarray(32);

const configuration = (format: MgettyFormat): string => `part generic
voice_log_level 6
voice_shell_log /var/log/mgetty/shell.%s
voice_dir /var/spool/voice
phone_owner root
phone_group voice
phone_mode 0660
receive_dir incoming
message_dir messages
backup_message standard.rmd
port_timeout 10
dial_timeout 30
command_delay 20
rec_compression ${mgettyFormats[format]}
rec_speed 8000
rec_silence_len 200
rec_max_len 60
do_hard_flow true
beep_frequency 933
beep_length 500
watchdog_timeout 60
program vgetty
rings 3
answer_mode voice
rec_always_keep true
dtmf_program /var/spool/voice/keys.sh
call_program
message_program
button_program
program vm
dialout_timeout 20
`;
