// Fetches packages from Debian by their own archive client, unpacked beside the test and never installed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

const downloadLimitMs = 240_000;

/** Why something cannot be had here: a test that needs it is skipped with these words. */
export class NotToBeHad extends Error {}

/** The versions that the guest is made of: what Debian's archive offers at this moment. */
export interface GuestVersions {
  /** As in the names of the kernel's packages: '6.1.0-56-amd64'. */
  readonly kernel: string;
  /** Of the package linux-image, for the key of the cache. */
  readonly image: string;
  readonly dahdi: string;
}

/** Words that make apt use lists of packages in `folder` in place of the system's, which may be old and may not be written to. */
function privateLists(folder: string): string[] {
  for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(path.join(folder, name), { recursive: true });
  return ['-o', `Dir::State::Lists=${path.join(folder, 'lists')}`, '-o', `Dir::Cache=${path.join(folder, 'cache')}`, '-o', 'APT::Sandbox::User='];
}

/** The archive as the machine knows it, or, when that is not enough, with lists of packages fetched into `folder`. */
export class DebianArchive {
  readonly #folder: string;
  #options: string[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Errors: NotToBeHad. */
  versions(): GuestVersions {
    return this.#versions() ?? this.#withFreshLists(() => this.#versions());
  }

  /** Downloads `packages` into `folder` and unpacks each to `folder/x`. Errors: NotToBeHad. */
  unpack(packages: readonly string[], folder: string): void {
    const download = (): true | undefined => (this.#apt('apt-get', ['download', ...packages], folder) === undefined ? undefined : true);
    if (!download()) this.#withFreshLists(download);
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.deb'))) {
      const { status, stderr } = spawnSync('dpkg-deb', ['-x', name, 'x'], { cwd: folder, encoding: 'utf8' });
      if (status !== 0) throw new Error(`${name} cannot be unpacked: ${stderr}`);
    }
  }

  #withFreshLists<T>(ask: () => T | undefined): T {
    this.#options = privateLists(this.#folder);
    this.#apt('apt-get', ['update', '-qq']);
    const answer = ask();
    if (answer === undefined) throw new NotToBeHad(`Debian's packages of the kernel and of dahdi cannot be had: ${this.#complaint}`);
    return answer;
  }

  #versions(): GuestVersions | undefined {
    const kernel = /Depends: linux-image-(\S+)/.exec(this.#apt('apt-cache', ['depends', 'linux-image-amd64']) ?? '')?.[1];
    if (kernel === undefined) return undefined;
    const image = this.#candidate(`linux-image-${kernel}`);
    const dahdi = this.#candidate('dahdi-source');
    return image === undefined || dahdi === undefined ? undefined : { kernel, image, dahdi };
  }

  #candidate(name: string): string | undefined {
    return /Candidate: (\d\S*)/.exec(this.#apt('apt-cache', ['policy', name]) ?? '')?.[1];
  }

  #complaint = 'apt knows no such packages';

  #apt(program: string, args: readonly string[], cwd?: string): string | undefined {
    const { status, stdout, stderr, error } = spawnSync(program, [...this.#options, ...args], {
      encoding: 'utf8', timeout: downloadLimitMs, env: { ...process.env, LC_ALL: 'C' }, ...(cwd === undefined ? {} : { cwd }),
    });
    if (status === 0) return stdout;
    this.#complaint = error?.message ?? stderr.trim().split('\n').at(-1) ?? `${program} failed`;
    return undefined;
  }
}
