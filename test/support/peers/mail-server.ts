// aiosmtpd from Debian, as a mail server with TLS, log-in and answers that a test chooses; it tells what it got as lines of JSON.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Need } from '../skip.ts';
import { freePorts } from './free-ports.ts';
import { Program } from './program.ts';

const python = '/usr/bin/python3';

/** Debian's Python has it, another one on the PATH may not. */
export const aiosmtpd: Need = { missing: () => (works() ? undefined : 'aiosmtpd is not installed for /usr/bin/python3 (Debian package python3-aiosmtpd)') };

function works(): boolean {
  try {
    execFileSync(python, ['-c', 'import aiosmtpd.controller'], { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

export interface ServerMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string;
  readonly tls: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** RIFF chunks are read by Python's own module. */
  readonly wav: { readonly name: string; readonly channels: number; readonly rate: number; readonly width: number; readonly frames: number } | null;
}

export interface ServerChoices {
  readonly tls: 'required' | 'starttls' | 'off';
  /** Answers to DATA, first to last; then 250. */
  readonly answers?: readonly string[];
  /** Who may log in; left out: nobody has to. */
  readonly login?: { readonly user: string; readonly password: string };
  /** The name in its certificate. */
  readonly name?: string;
}

const lifeMs = 120_000;

const script = `
import asyncio, email, email.policy, io, json, ssl, sys, wave
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
port, folder, choices = int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
answers = list(choices.get('answers', []))
say = lambda value: print(json.dumps(value), flush=True)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + '/cert.pem', folder + '/key.pem')
login = choices.get('login')
def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and login is not None and data.login.decode() == login['user'] and data.password.decode() == login['password']
    return AuthResult(success=good, handled=good, auth_data=data if good else None)
class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith('nobody@'): return '550 5.1.1 no such user'
        envelope.rcpt_tos.append(address)
        return '250 OK'
    async def handle_DATA(self, server, session, envelope):
        say({'attempt': True})
        if answers: return answers.pop(0)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        sound = next((part for part in mail.walk() if part.get_content_type() == 'audio/wav'), None)
        wav = None
        if sound is not None:
            with wave.open(io.BytesIO(sound.get_payload(decode=True))) as found:
                wav = {'name': sound.get_filename(), 'channels': found.getnchannels(), 'rate': found.getframerate(), 'width': found.getsampwidth(), 'frames': found.getnframes()}
        body = mail.get_body(('plain',))
        say({'mail': {'from': envelope.mail_from, 'to': envelope.rcpt_tos, 'user': session.auth_data.login.decode() if session.auth_data else '', 'tls': session.ssl is not None or choices['tls'] == 'required', 'headers': {name: str(value) for name, value in mail.items()}, 'text': body.get_content() if body else '', 'wav': wav}})
        return '250 2.0.0 taken as ' + mail['Message-ID'].strip('<>')[:8]
async def main():
    tls = choices['tls']
    def make(): return SMTP(Handler(), hostname='mail.test', tls_context=context if tls == 'starttls' else None, require_starttls=tls == 'starttls', auth_required=login is not None, auth_require_tls=tls == 'starttls', authenticator=authenticate if login else None)
    server = await asyncio.get_running_loop().create_server(make, '127.0.0.1', port, ssl=context if tls == 'required' else None)
    say({'listening': port})
    await server.serve_forever()
asyncio.run(main())
`;

export class MailServer {
  readonly port: number;
  /** PEM file of its certificate, which vouches for itself. */
  readonly authority: string;
  readonly #program: Program;

  private constructor(port: number, authority: string, program: Program) {
    this.port = port;
    this.authority = authority;
    this.#program = program;
  }

  static async start(choices: ServerChoices): Promise<MailServer> {
    const folder = mkdtempSync(path.join(tmpdir(), 'mail-'));
    const [key, certificate] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
    const name = choices.name ?? 'localhost';
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30', '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    const file = path.join(folder, 'server.py');
    writeFileSync(file, script);
    const port = await freePorts(1);
    const program = new Program(python, [file, String(port), folder, JSON.stringify(choices)], { limitMs: lifeMs });
    await program.until('its start', ({ stdout }) => stdout.includes('listening'), 10_000);
    return new MailServer(port, certificate, program);
  }

  get mails(): readonly ServerMail[] {
    return this.#lines().flatMap((line) => (line.mail === undefined ? [] : [line.mail]));
  }

  /** Letters of which it heard all, whatever it answered. */
  get attempts(): number {
    return this.#lines().filter((line) => line.attempt === true).length;
  }

  async until(mails: number, limitMs: number): Promise<void> {
    await this.#program.until(`${mails} mails`, () => this.mails.length >= mails, limitMs);
  }

  async stop(): Promise<void> {
    await this.#program.stop();
  }

  #lines(): { mail?: ServerMail; attempt?: boolean }[] {
    return this.#program.stdout.split('\n').slice(0, -1).map((line) => JSON.parse(line) as { mail?: ServerMail; attempt?: boolean });
  }
}
