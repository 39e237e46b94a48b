// A Debian as it comes: the root of a new installation in a folder, without systemd, in which a package is installed and its program started.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Program } from '../peers/program.ts';

const bootstrapLimitMs = 240_000;
const commandLimitMs = 120_000;

export interface CommandEnd {
  readonly status: number | null;
  readonly output: string;
}

export class PlainDebian {
  readonly root: string;
  readonly #atExit = (): void => this.remove();

  private constructor(root: string) {
    this.root = root;
    process.on('exit', this.#atExit);
  }

  /** Of a release (`bookworm`), with what `packages` names beside the least there is. Errors: a sentence with mmdebstrap's last words. */
  static make(release: string, packages: readonly string[]): PlainDebian | string {
    const root = mkdtempSync(path.join(tmpdir(), 'debian-'));
    const debian = new PlainDebian(root);
    const { status, stderr, error } = spawnSync('mmdebstrap', ['--mode=root', '--variant=apt', '--aptopt=APT::Install-Recommends "false"', `--include=${packages.join(',')}`, release, root], { encoding: 'utf8', timeout: bootstrapLimitMs });
    if (status === 0) return debian;
    return `no Debian ${release} can be had from its archive: ${error?.message ?? stderr.trim().split('\n').slice(-2).join(' ')}`;
  }

  /** Into its root. */
  bring(file: string): string {
    mkdirSync(path.join(this.root, 'root'), { recursive: true });
    copyFileSync(file, path.join(this.root, 'root', path.basename(file)));
    return `/root/${path.basename(file)}`;
  }

  /** Runs to its end, as root, with a /proc of its own. */
  run(...words: readonly string[]): CommandEnd {
    const [file = '', ...rest] = this.#within(words);
    const { status, stdout, stderr } = spawnSync(file, rest, { encoding: 'utf8', timeout: commandLimitMs, env: this.#environment });
    return { status, output: `${stdout}${stderr}` };
  }

  /** Goes on until it is stopped; in a network namespace, where its ports are its own. */
  start(namespace: string, limitMs: number, ...words: readonly string[]): Program {
    return new Program('ip', ['netns', 'exec', namespace, ...this.#within(words)], { limitMs, environment: this.#environment });
  }

  remove(): void {
    process.off('exit', this.#atExit);
    rmSync(this.root, { recursive: true, force: true });
  }

  readonly #environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', HOME: '/root' };

  /** unshare's mounts are gone with the processes in them. */
  #within(words: readonly string[]): string[] {
    const script = 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && mount -t tmpfs run "$0/run" && exec chroot "$0" "$@"';
    return ['unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script, this.root, ...words];
  }
}
