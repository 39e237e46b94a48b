import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { Readable } from 'node:stream';
import type { Letter, MailNet, MailOutcome, MailServer } from '../../mail.ts';
import type { SmtpStage } from './smtp-outcome.ts';
import { failedOutcome, LetterUnreadable, mailWords } from './smtp-outcome.ts';

type Client = typeof import('./smtp-client.ts');
type Connection = InstanceType<Client['SmtpConnection']>;

/** Mail by the package `nodemailer`: SMTP (RFC 5321) with STARTTLS or TLS from the first octet, and log-in. */
export class SmtpMailNet implements MailNet {
  async send(server: MailServer, letter: Letter, timeoutMs: number, signal?: AbortSignal): Promise<MailOutcome> {
    let stage: SmtpStage = 'connecting';
    try {
      // At the first need: a unit that sends no mail does not carry it in its memory, nor does the media thread.
      const client = await import('./smtp-client.ts');
      const connection = new client.SmtpConnection(await options(server, timeoutMs));
      return await within(connection, timeoutMs, signal, async () => {
        await connected(connection);
        stage = 'log-in';
        if (server.login !== null) await loggedIn(connection, server.login);
        stage = 'envelope';
        const words = await sent(connection, letter, composed(client, letter));
        connection.quit();
        return { kind: 'accepted', words: mailWords(words) };
      });
    } catch (error) {
      return failedOutcome(stage, error);
    }
  }
}

async function options({ host, port, tls, authorityFile }: MailServer, timeoutMs: number) {
  const ca = authorityFile === null ? undefined : await readFile(authorityFile);
  return {
    host, port, name: helloName(),
    secure: tls === 'required', requireTLS: tls === 'starttls', ignoreTLS: tls === 'off',
    connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs, dnsTimeout: timeoutMs, maxResponseSize: 65_536,
    tls: { minVersion: 'TLSv1.2' as const, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
    ...(isIP(host) === 0 ? { servername: host } : {}),
  };
}

/** RFC 5321 section 4.1.4: a client without a name of its own gives its address; servers take any syntactically good one. */
const helloName = (): string => (/^[A-Za-z0-9.-]+$/.test(hostname()) ? hostname() : 'localhost');

const afterEndMs = 100;

/** Does it, or ends the connection: after the time, when it is given up, when the socket fails between two commands. */
function within(connection: Connection, timeoutMs: number, signal: AbortSignal | undefined, work: () => Promise<MailOutcome>): Promise<MailOutcome> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      clearTimeout(timeout);
      signal?.removeEventListener('abort', giveUp);
      reject(cause);
      connection.close(); // tells its end at once, which is not the cause then
    };
    const giveUp = (): void => fail(new Error('the attempt was given up'));
    const timeout = setTimeout(() => fail(new Error(`no end within ${timeoutMs / 1000} s`)), timeoutMs);
    connection.on('error', fail);
    // What the server said last, which is told after this, says more.
    connection.on('end', () => setTimeout(() => fail(new Error('the server closed the connection')), afterEndMs).unref());
    if (signal?.aborted === true) return giveUp();
    signal?.addEventListener('abort', giveUp);
    work().then((outcome) => {
      clearTimeout(timeout);
      signal?.removeEventListener('abort', giveUp);
      resolve(outcome);
    }, fail);
  });
}

const connected = (connection: Connection): Promise<void> => new Promise((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())));

const loggedIn = (connection: Connection, { user, password }: { user: string; password: string }): Promise<void> =>
  new Promise((resolve, reject) => connection.login({ user, pass: password, credentials: { user, pass: password } }, (error) => (error ? reject(error) : resolve())));

function sent(connection: Connection, { from, to }: Letter, mail: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    mail.once('error', reject); // a recording that cannot be read to its end
    connection.send({ from, to: [to] }, mail, (error, info) => (error ? reject(error) : resolve(info?.response ?? '')));
  });
}

function composed({ MailComposer }: Client, { id, from, fromName, to, subject, text, date, attachment }: Letter): Readable {
  const content = attachment === null ? null : Readable.from(attachment.content, { objectMode: false });
  const mail = new MailComposer({
    messageId: `<${id}>`, from: { name: fromName, address: from }, to, subject, text, date: new Date(date),
    headers: { 'Auto-Submitted': 'auto-generated' }, // RFC 3834: no holiday note comes back
    disableFileAccess: true, disableUrlAccess: true,
    attachments: attachment === null || content === null ? [] : [{ filename: attachment.fileName, contentType: attachment.contentType, content }],
  }).compile().createReadStream();
  content?.once('error', (error) => mail.destroy(new LetterUnreadable(`the recording cannot be read: ${String(error)}`)));
  return mail as Readable;
}
