// Kamailio as a small PBX: registrar, digest, and calls to the unit as a PBX diverts them.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sleep } from './program.ts';

export interface PbxChoices {
  /** Of its own. */
  readonly address: string;
  readonly port: number;
  readonly transport?: 'udp' | 'tcp';
  /** The network namespace that it runs in. */
  readonly namespace?: string;
  /** REGISTER needs this password, by SHA-256 digest (RFC 8760); absent = anybody may. */
  readonly password?: string;
}

/** The user that the unit registers. */
export const unitUser = '900';
const realm = 'kamailio.test';
/** Kamailio has no end by itself. */
const alive = new Set<KamailioPbx>();
const startMs = 10_000;

/** For `test.after`: what a failed test left running would keep the test file waiting. */
export function endPbxs(): void {
  alive.forEach((one) => one.signal('SIGKILL'));
}

process.on('exit', endPbxs);

export class KamailioPbx {
  readonly address: string;
  readonly port: number;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'kamailio-'));
  readonly #namespace: string | null;
  #child: ChildProcess | null = null;
  #output = '';

  constructor(choices: PbxChoices) {
    this.address = choices.address;
    this.port = choices.port;
    this.#namespace = choices.namespace ?? null;
    writeFileSync(path.join(this.#folder, 'kamailio.cfg'), configuration(choices));
  }

  /** Resolves when it serves. It knows no registrations. */
  async start(): Promise<void> {
    const args = ['-DD', '-E', '-f', path.join(this.#folder, 'kamailio.cfg'), '-m', '32', '-M', '4', '-Y', this.#folder, '-w', this.#folder];
    const [file = '', ...words] = [...(this.#namespace === null ? [] : ['ip', 'netns', 'exec', this.#namespace]), '/usr/sbin/kamailio', ...args];
    const child = spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    alive.add(this);
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (this.#output = (this.#output + text).slice(-20_000)));
    const until = Date.now() + startMs;
    while (!this.#output.includes(started)) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`kamailio did not start:\n${this.#output}`);
      await sleep(20);
    }
    this.#output = '';
  }

  /** To all of its processes, the first one first: it would end the others in good order. */
  signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    const all = pid === undefined ? [] : [pid, ...childrenOf(pid)];
    for (const one of all) send(one, signal);
  }

  /** kill -9; resolves when its socket is closed. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const gone = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once('exit', resolve));
    this.signal('SIGKILL');
    await gone;
    this.#child = null;
    alive.delete(this);
  }
}

const started = 'serves-now';

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter((text) => text !== '').map(Number);
  } catch {
    return []; // it is gone
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

function configuration({ address, port, transport = 'udp', password }: PbxChoices): string {
  const authentication = `
    if (!pv_www_authenticate("${realm}", "${password}", "0")) {
      www_challenge("${realm}", "0");
      exit;
    }`;
  return `#!KAMAILIO
debug=0
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
listen=${transport}:${address}:${port}
${transport === 'udp' ? 'disable_tcp=yes' : ''}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "xlog.so"
modparam("usrloc", "db_mode", 0)
modparam("auth", "algorithm", "SHA-256")

event_route[core:worker-one-init] {
  xlog("L_ALERT", "${started}\\n");
}

request_route {
  if (is_method("OPTIONS")) {
    sl_send_reply("200", "OK");
    exit;
  }
  if (is_method("REGISTER")) {${password === undefined ? '' : authentication}
    save("location");
    exit;
  }
  if (has_totag()) {
    loose_route();
    t_relay();
    exit;
  }
  if (is_method("CANCEL")) {
    if (t_check_trans()) t_relay();
    exit;
  }
  if (!is_method("INVITE")) {
    sl_send_reply("405", "Method Not Allowed");
    exit;
  }
  record_route();
  append_hf("Diversion: <sip:$rU@${address}>;reason=no-answer;counter=1\\r\\n");
  $rU = "${unitUser}";
  if (!lookup("location")) {
    sl_send_reply("404", "Not Found");
    exit;
  }
  t_relay();
}
`;
}
