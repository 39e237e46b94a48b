import { generateKeyPairSync, createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { exitCodes } from '../../firmware/cli/exit-codes.ts';
import type { BrokerWords, EstateRequest } from '../../firmware/cli/estate-words.ts';
import { EstateView } from '../../firmware/estate/estate-view.ts';
import type { CommandResult } from '../../firmware/estate/note-bodies.ts';
import { commandNames, readCommand, readResult } from '../../firmware/estate/note-bodies.ts';
import { isSignedBy, keyId, keyOfUnit, publicBase64, readNote, signNote } from '../../firmware/estate/signed-note.ts';
import { readTopic, topicOf } from '../../firmware/estate/topics.ts';
import type { BrokerConnection, BrokerMessage } from '../../hal/broker.ts';
import { halError } from '../../hal/drivers/linux/errno.ts';
import { MqttBrokerNet } from '../../hal/drivers/mqtt/mqtt-broker.ts';
import { HalError } from '../../hal/errors.ts';

const connectMs = 10_000;
/** A table is drawn anew so often at most. */
const drawMs = 500;
/** What the broker keeps of the units comes at once. */
const findMs = 3000;
const answerMs = 10_000;
const goodForMs = 60_000;

/** The tools of an operator: a key, a look at the whole estate, and a command. */
export async function runEstateTool(request: EstateRequest): Promise<number> {
  if (request.command === 'estate key') return makeKey(request.file);
  const { host, port } = request.broker;
  if (host === '' || (port !== null && (port < 1 || port > 65_535))) return refuse('--broker must be a host, or a host and a port from 1 to 65535', exitCodes.usage.code);
  return request.command === 'estate watch' ? watch(request) : command(request);
}

async function makeKey(file: string): Promise<number> {
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFile(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600, flag: 'wx' }).catch((cause: unknown) => Promise.reject(halError(file, cause)));
  const shown = publicBase64(privateKey);
  print(`${file} holds the key; keep it secret. Units that may take its commands have, in their configuration:\nestate: { ..., commandKeys: ["${shown}"] }\nIt is called ${keyId(shown)} in their logs.\n`);
  return exitCodes.ok.code;
}

async function watch({ broker, seconds }: Extract<EstateRequest, { command: 'estate watch' }>): Promise<number> {
  if (seconds !== null && !(seconds >= 1 && seconds <= 86_400)) return refuse('--seconds must be a number from 1 to 86400', exitCodes.usage.code);
  const view = new EstateView();
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const terminal = process.stdout.isTTY === true;
  let drawn = false;
  const draw = (): void => {
    drawing = null;
    drawn = true;
    print(`${terminal ? '\x1b[H\x1b[2J' : ''}${view.lines(timeZone).join('\n')}\n${terminal ? '' : '\n'}`);
  };
  let drawing: NodeJS.Timeout | null = null;
  const connection = await listen(broker, ['presence', 'pointer', 'alarm'], ({ topic, payload }) => {
    if (view.take(topic, payload)) drawing ??= setTimeout(draw, drawMs);
  });
  const ended = new Promise<HalError | null>((resolve) => {
    connection.closed = resolve;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => connection.close());
    if (seconds !== null) setTimeout(() => connection.close(), seconds * 1000);
  });
  const error = await ended;
  const undrawn = drawing !== null || !drawn;
  if (drawing !== null) clearTimeout(drawing);
  if (undrawn) draw();
  if (error !== null) throw error;
  return exitCodes.ok.code;
}

async function command({ broker, unit, name, version, key }: Extract<EstateRequest, { command: 'estate command' }>): Promise<number> {
  const signer = await readKey(key);
  const view = new EstateView();
  const results: CommandResult[] = [];
  const connection = await listen(broker, ['presence', 'result'], ({ topic, payload }) => {
    view.take(topic, payload);
    results.push(...resultOf(topic, payload));
  });
  try {
    if (!(await until(() => view.find(unit).length > 0, findMs))) return refuse(`no unit ${unit} has said anything on this broker`, exitCodes.noInput.code);
    const [to, ...more] = view.find(unit);
    if (to === undefined || more.length > 0) return refuse(`${more.length + 1} units are called ${unit}; give the start of the id`, exitCodes.usage.code);
    const nowMs = Date.now();
    const body = { site: to.site, unit: to.unit, key: keyId(publicBase64(signer)), sequence: nowMs, issuedMs: nowMs, expiresMs: nowMs + goodForMs, command: name, version: version === null ? null : Number(version) };
    if (readCommand(body) === null) return refuse(`${[name, version ?? ''].join(' ').trim()} is no command; there are ${commandNames.join(', ')}, and rollback has a version`, exitCodes.usage.code);
    await connection.publish({ topic: topicOf(to.site, to.unit, 'command'), payload: signNote('command', body, { privateKey: signer, certificate: null }), retain: false });
    const own = ({ unit: from, key: by, sequence }: CommandResult): boolean => from === body.unit && by === body.key && sequence === body.sequence;
    if (!(await until(() => results.some(own), answerMs))) return refuse(`${to.name} does not answer: it is away, or does not know this key (${body.key}); its log says which`, exitCodes.failure.code);
    const result = results.find(own);
    print(`${result?.text}\n`);
    return result?.ok === true ? exitCodes.ok.code : exitCodes.failure.code;
  } finally {
    connection.close();
  }
}

function resultOf(topic: string, payload: Uint8Array): CommandResult[] {
  const found = readTopic(topic);
  const note = found?.kind === 'result' ? readNote(payload) : null;
  const key = found === null || note === null ? null : keyOfUnit(found.unit, note.certificate);
  const result = note !== null && key !== null && isSignedBy('result', note, key) ? readResult(note.body) : null;
  return result === null || result.unit !== found?.unit ? [] : [result];
}

async function listen(words: BrokerWords, kinds: readonly ('presence' | 'pointer' | 'alarm' | 'result')[], received: (message: BrokerMessage) => void): Promise<BrokerConnection> {
  const { host, port, plain, authority, user, passwordFile } = words;
  const tls = plain ? null : { identity: await readIdentity(words), authorityFile: authority };
  const password = passwordFile === null ? '' : ((await read(passwordFile)).split(/\r?\n/)[0] ?? '');
  const place = { host, port: port ?? (plain ? 1883 : 8883), tls, login: user === null ? null : { user, password } };
  const connection = await new MqttBrokerNet().connect(place, { clientId: `operator-${randomBytes(8).toString('hex')}`, keepAliveSec: 30, lastWill: null }, connectMs);
  connection.received = received;
  await connection.subscribe(kinds.map((kind) => topicOf('+', '+', kind)));
  return connection;
}

async function readIdentity({ certificate, privateKey }: BrokerWords): Promise<{ certificate: Uint8Array; privateKey: Uint8Array } | null> {
  if (certificate === null || privateKey === null) return null;
  const [own, key] = [await read(certificate), await readKey(privateKey)];
  try {
    return { certificate: new X509Certificate(own).raw, privateKey: key.export({ format: 'der', type: 'pkcs8' }) };
  } catch (cause) {
    throw new HalError('io', certificate, 'this is no certificate in PEM form', cause);
  }
}

async function readKey(file: string): Promise<KeyObject> {
  const text = await read(file);
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw new HalError('io', file, 'this is no private key in PEM form', cause);
  }
}

const read = (file: string): Promise<string> => readFile(file, 'utf8').catch((cause: unknown) => Promise.reject(halError(file, cause)));

async function until(done: () => boolean, limitMs: number): Promise<boolean> {
  for (const endMs = performance.now() + limitMs; !done() && performance.now() < endMs; ) await new Promise((resolve) => setTimeout(resolve, 50));
  return done();
}

function refuse(text: string, code: number): number {
  process.stderr.write(`understudy: ${text}.\n`);
  return code;
}

const print = (text: string): void => void process.stdout.write(text);
