// baresip as a telephone: a real SIP stack, a real jitter buffer, real G.711, and not of our making.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readWav } from '../../../board/voices/wav-reader.ts';
import { wavHeader } from '../../../firmware/mailbox/wav.ts';
import type { CodecName } from '../../../firmware/media/media-protocol.ts';
import { freePorts } from './free-ports.ts';
import { NetstringReader, netstring } from './netstrings.ts';
import { Program, sleep } from './program.ts';

const lifeMs = 120_000;
const answerMs = 5000;
const rtpPorts = 20;
/** How long a key is held, and the pause after it. */
const keyMs = { down: 120, up: 120 } as const;
/** What baresip takes for "the key was released". */
const released = '\u0004';

export interface BaresipChoices {
  readonly codec?: CodecName;
  /** The caller's number. */
  readonly number?: string;
  /** Further parameters of its account line. */
  readonly account?: string;
  /** The PBX that it registers at, by UDP. */
  readonly registrar?: { readonly address: string; readonly port: number };
}

interface BaresipEvent {
  readonly type: string;
  readonly param: string;
}

/** What one direction of a call sounded like, at 8 kHz. */
export type Direction = 'heard' | 'said';

export class Baresip {
  readonly sipPort: number;
  readonly number: string;
  readonly #folder: string;
  readonly #program: Program;
  readonly #events: BaresipEvent[] = [];
  readonly #reader = new NetstringReader();
  #control: Socket | null = null;
  #answer: ((text: string) => void) | null = null;
  #noticed = (): void => undefined;

  private constructor(sipPort: number, number: string, folder: string) {
    this.sipPort = sipPort;
    this.number = number;
    this.#folder = folder;
    this.#program = new Program('baresip', ['-f', folder], { cwd: folder, limitMs: lifeMs });
  }

  static async start({ codec = 'PCMU', number = '301', account = '', registrar }: BaresipChoices = {}): Promise<Baresip> {
    const folder = mkdtempSync(path.join(tmpdir(), 'baresip-'));
    const sipPort = await freePorts(2);
    const controlPort = await freePorts(2);
    mkdirSync(path.join(folder, 'sound'));
    writeSpeech(path.join(folder, 'silence.wav'), new Float64Array(8 * lifeMs));
    writeFileSync(path.join(folder, 'config'), configuration({ folder, sipPort, controlPort, firstRtpPort: await freePorts(rtpPorts) }));
    const home = registrar === undefined ? `127.0.0.1:${sipPort};transport=udp>;regint=0` : `${registrar.address}:${registrar.port};transport=udp>;regint=600`;
    writeFileSync(path.join(folder, 'accounts'), `<sip:${number}@${home};audio_codecs=${codec}/8000/1${account}\n`);
    writeFileSync(path.join(folder, 'contacts'), '');
    const phone = new Baresip(sipPort, number, folder);
    await phone.#program.until('baresip is ready', (program) => program.stdout.includes('baresip is ready'), answerMs);
    await phone.#connect(controlPort);
    if (registrar !== undefined) await phone.#program.until('a registration', ({ stdout }) => /200 OK/.test(stdout), answerMs);
    return phone;
  }

  /** Places a call; resolves once it is answered. */
  async call(number: string, port: number, address = '127.0.0.1'): Promise<void> {
    await this.command('dial', `sip:${number}@${address}:${port}`);
    await this.event('CALL_ESTABLISHED', answerMs);
  }

  /** From now on it says this, then nothing, for as long as the call lasts. */
  async say(speech: Float64Array): Promise<void> {
    const file = path.join(this.#folder, `speech-${Date.now()}.wav`);
    const said = new Float64Array(8 * lifeMs);
    said.set(speech);
    writeSpeech(file, said);
    await this.command('ausrc', `aufile,${file}`);
  }

  /** Presses keys, one after the other. */
  async keys(keys: string): Promise<void> {
    for (const key of keys) {
      await this.command('sndcode', key);
      await sleep(keyMs.down);
      await this.command('sndcode', released);
      await sleep(keyMs.up);
    }
  }

  /** A command of baresip's menu; resolves to what it says. Errors: baresip refuses it. */
  async command(command: string, params = ''): Promise<string> {
    const answered = new Promise<string>((resolve) => (this.#answer = resolve));
    this.#control?.write(netstring(JSON.stringify({ command, params })));
    const text = await Promise.race([answered, sleep(answerMs).then(() => '{"ok":false,"data":"no answer"}')]);
    const { ok, data = '' } = JSON.parse(text) as { ok: boolean; data?: string };
    if (!ok) throw new Error(`baresip refuses "${command} ${params}": ${data}\n${this.#program.tail()}`);
    return data;
  }

  /** Waits for the `count`th event of this kind. */
  async event(type: string, limitMs: number, count = 1): Promise<BaresipEvent> {
    const until = Date.now() + limitMs;
    for (;;) {
      const event = this.#events.filter((one) => one.type === type)[count - 1];
      if (event !== undefined) return event;
      if (Date.now() > until) throw new Error(`baresip: no ${type} within ${limitMs} ms, only ${this.#events.map((one) => one.type).join(' ')}\n${this.#program.tail()}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 50);
        this.#noticed = () => (clearTimeout(timer), resolve());
      });
    }
  }

  /** How many events of this kind there were so far. */
  happened(type: string): number {
    return this.#events.filter((one) => one.type === type).length;
  }

  async hangUp(): Promise<void> {
    await this.command('hangup');
    await this.event('CALL_CLOSED', answerMs);
  }

  /** Ends baresip; its recordings are complete then. */
  async quit(): Promise<void> {
    this.#control?.end();
    const { code, tookTooLong } = await this.#program.stop();
    if (tookTooLong) throw new Error(`baresip ended with ${code}\n${this.#program.tail()}`);
  }

  /** All that it heard or said in its only call, from its own recorder. To be asked after `quit`. */
  recording(direction: Direction): Float64Array {
    const all = this.recordings(direction);
    if (all.length !== 1) throw new Error(`baresip left ${all.length} recordings of what it ${direction}: ${readdirSync(this.#sound).join(' ')}`);
    return all[0] as Float64Array;
  }

  /** The same of all its calls. */
  recordings(direction: Direction): Float64Array[] {
    const names = readdirSync(this.#sound).filter((name) => name.endsWith(direction === 'heard' ? '-dec.wav' : '-enc.wav'));
    return names.map((name) => readWav(readFileSync(path.join(this.#sound, name)), name).samples);
  }

  get #sound(): string {
    return path.join(this.#folder, 'sound');
  }

  get said(): string {
    return this.#program.tail();
  }

  async #connect(port: number): Promise<void> {
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (bytes) => this.#reader.take(bytes).forEach((text) => this.#received(text)));
    socket.on('error', () => undefined); // commands that get no answer tell
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    this.#control = socket;
  }

  #received(text: string): void {
    const message = JSON.parse(text) as { event?: boolean; response?: boolean } & Partial<BaresipEvent>;
    if (message.response === true) this.#answer?.(text);
    if (message.event === true) this.#events.push({ type: message.type ?? '', param: message.param ?? '' });
    this.#noticed();
  }
}

function writeSpeech(file: string, samples: Float64Array): void {
  const body = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, index) => body.writeInt16LE(Math.max(-32_768, Math.min(32_767, Math.round(sample))), index * 2));
  writeFileSync(file, Buffer.concat([wavHeader(samples.length), body]));
}

interface Places {
  readonly folder: string;
  readonly sipPort: number;
  readonly controlPort: number;
  readonly firstRtpPort: number;
}

/** No sound card, nothing but the loopback interface; `sndfile` is a filter that writes down both directions. */
function configuration({ folder, sipPort, controlPort, firstRtpPort }: Places): string {
  return `poll_method epoll
sip_listen 127.0.0.1:${sipPort}
net_interface 127.0.0.1
call_local_timeout 60
call_max_calls 2
audio_source aufile,${path.join(folder, 'silence.wav')}
ausrc_srate 8000
auplay_srate 8000
audio_level no
jitter_buffer_delay 2-10
rtp_ports ${firstRtpPort}-${firstRtpPort + rtpPorts - 1}
rtcp_mux no
module_path /usr/lib/baresip/modules
module g711.so
module sndfile.so
module aufile.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:${controlPort}
snd_path ${path.join(folder, 'sound')}
`;
}
