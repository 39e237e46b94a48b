import { dialledArgument, fileArgument, keysArgument, textArgument } from '../argument-kinds.ts';
import { command } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import type { TestCall, TestCallEnd } from '../parts/test-phone.ts';
import { parseKeyScript, withSpeech } from '../key-script.ts';
import { plainText } from '../plain-text.ts';

/** Places a real call with the built-in telephone. Only in units that have one. */
export const callCommand: Command = command({
  form: 'call NUMBER',
  help: 'call this unit with the built-in telephone; Ctrl-C hangs up',
  arguments: [dialledArgument],
  options: [
    { name: 'say', help: 'speak a text after the beep', value: textArgument },
    { name: 'wav', help: 'play a WAV file after the beep', value: fileArgument },
    { name: 'keys', help: 'keys to press, in order', value: keysArgument, secret: true },
    { name: 'from', help: 'number of the caller', value: dialledArgument },
    { name: 'tcp', help: 'SIP on TCP in place of UDP', value: null },
  ],
  changes: true,
  offered: (unit) => unit.phone !== null,
  run: call,
});

async function call({ unit, given, options, print, signal }: Invocation): Promise<void> {
  if (options.has('say') && options.has('wav')) return print('either --say or --wav, not both');
  const tell = (line: string) => print(plainText(line));
  const end = await unit.phone?.call(testCall(given['NUMBER'] as string, options), tell, signal);
  if (end !== undefined) print(summary(end));
}

function testCall(target: string, options: ReadonlyMap<string, string>): TestCall {
  const [say, wav] = [options.get('say'), options.get('wav')];
  const speech = say !== undefined ? { kind: 'say' as const, text: say } : wav !== undefined ? { kind: 'wav' as const, file: wav } : null;
  const script = parseKeyScript(options.get('keys') ?? '');
  return {
    target,
    from: options.get('from') ?? '100',
    transport: options.has('tcp') ? 'tcp' : 'udp',
    speech,
    steps: withSpeech(script.ok ? script.steps : [], speech !== null),
  };
}

function summary({ answered, text, durationMs, stats }: TestCallEnd): string {
  if (!answered) return `not answered: ${plainText(text)}`;
  const packets = stats === null ? '' : `, ${stats.packetsSent} packets sent, ${stats.packetsReceived} received, ${stats.packetsLost} lost`;
  return `ended after ${(durationMs / 1000).toFixed(1)} s: ${plainText(text)}${packets}`;
}
