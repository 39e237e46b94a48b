import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { command } from '../support/skip.ts';
import { realTime, until } from './passing.ts';

/** Node has no AF_UNIX datagram socket; Python does. Each datagram is printed as one JSON line. */
const program = `
import json, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
name = sys.argv[1]
s.bind('\\0' + name[1:] if name.startswith('@') else name)
print(json.dumps('bound'), flush=True)
while True: print(json.dumps(s.recv(4096).decode()), flush=True)
`;

export const python = command('python3', 'python3');

/** Stands in for systemd's notification socket. */
export interface UnixReceiver {
  readonly datagrams: string[];
  stop(): Promise<void>;
}

export async function unixReceiver(name: string): Promise<UnixReceiver> {
  const child = spawn('python3', ['-c', program, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line) as string));
  await until(realTime, 'the receiver is bound', () => lines.length > 0);
  lines.length = 0;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    datagrams: lines,
    stop: () => {
      child.kill();
      return exited;
    },
  };
}
