// The appliance's parent under busybox as on the unit, with a file in place of the watchdog device and a script in place of the runtime.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const imageRoot = path.resolve('board/common/image/root');

export class ParentWorld {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'understudy-parent-'));
  readonly #environment: Readonly<Record<string, string>>;
  #parent: ChildProcess | null = null;

  /** `runtime`: lines of shell; `$say` before a word goes to the parent. */
  constructor(runtime: string, environment: Readonly<Record<string, string>> = {}) {
    this.#environment = environment;
    for (const name of ['run', 'keep', 'log', 'data', 'boot']) mkdirSync(this.at(name));
    writeFileSync(this.at('watchdog'), '');
    this.script('runtime', `echo start >>${this.at('starts')}\nexec 9>"$UNDERSTUDY_PARENT"\nsay() { echo "$*" >&9; }\n${runtime}\n`);
    this.script('halt', `echo "halt $*" >>${this.at('halts')}\n`);
    writeFileSync(this.at('events'), 'low 0\noom_kill 0\n');
  }

  at(name: string): string {
    return path.join(this.folder, name);
  }

  script(name: string, body: string): void {
    writeFileSync(this.at(name), `#!/bin/sh\n${body}`);
    chmodSync(this.at(name), 0o755);
  }

  begin(): void {
    const { folder } = this;
    const environment = {
      PARENT_RUN: `${folder}/run`, PARENT_KEEP: `${folder}/keep`, PARENT_LOGS: `${folder}/log`, PARENT_DEVICE: `${folder}/watchdog`, PARENT_PROGRAM: `${folder}/runtime`, PARENT_EVENTS: `${folder}/events`, PARENT_HALT: `${folder}/halt`,
      PARENT_NETWORK: `${folder}/network`, PARENT_DATA: `${folder}/data`, PARENT_BOOT: `${folder}/boot`, PARENT_STARVE: '2',
    };
    this.#parent = spawn('busybox', ['sh', path.join(imageRoot, 'usr/lib/understudy/parent')], { env: { PATH: process.env['PATH'], ...environment, ...this.#environment }, stdio: ['ignore', 'ignore', 'ignore'] });
  }

  get parent(): ChildProcess {
    if (this.#parent === null) throw new Error('the parent was not begun');
    return this.#parent;
  }

  /** '' = there is no such file. */
  text(name: string): string {
    return existsSync(this.at(name)) ? readFileSync(this.at(name), 'utf8') : '';
  }

  get starts(): number {
    return this.text('starts').split('\n').length - 1;
  }

  /** How often the device was fed. */
  get feeds(): number {
    return this.text('watchdog').length;
  }

  /** Everything that was begun ends. */
  end(): void {
    this.#parent?.kill('SIGKILL');
    const pid = Number(this.text('run/pid'));
    try {
      if (pid > 0) process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
