// What is seen of a running unit from inside, by the helper (guest-agent.ts).
import { readFileSync } from 'node:fs';
import type { GuestAgent } from './guest-agent.ts';
import { agentFolder } from './guest-agent.ts';

/** One name or address in a line of a list of what is allowed; # begins a remark. */
export const listed = (file: string): string[][] => readFileSync(file, 'utf8').split('\n').map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '').map((line) => line.split(/\s+/));

/** MiB that programs could still have, as the kernel reckons. */
export async function availableMib(inside: GuestAgent): Promise<number> {
  return Number(/^MemAvailable: +(\d+) kB$/m.exec(await inside.run('cat /proc/meminfo'))?.[1]) / 1024;
}

/** Names of all processes but the kernel's own threads, the helper, and what that runs to find out. */
export async function processNames(inside: GuestAgent): Promise<string[]> {
  // The size of these files is always 0: whether there is a command line is seen by reading it.
  const said = await inside.run(`for p in /proc/[0-9]*; do { read -r s < $p/stat; } 2>/dev/null || continue; c=$(tr '\\0' ' ' < $p/cmdline 2>/dev/null); [ -n "$c" ] && echo "$c#$s"; done; true`);
  return said.split('\n').filter((line) => line !== '' && !isHelper(line)).map((line) => /#\d+ \((.*)\) \S \d+/.exec(line)?.[1] ?? line);
}

const isHelper = (line: string): boolean => line.includes(agentFolder) || /^(?:sh -c for p|tr )/.test(line);

/**
 * What others may send to. From proc(5), net: TCP sockets in state 0A listen, UDP sockets in state 07 are bound; those on loopback nobody else reaches.
 */
export async function openPorts(inside: GuestAgent): Promise<[kind: string, port: number][]> {
  // By cat: what a shell reads octet by octet changes meanwhile.
  const said = await inside.run('for kind in tcp tcp6 udp udp6; do cat /proc/net/$kind | while read -r n l r s rest; do echo "$kind $l $s"; done; done');
  return said.split('\n').flatMap((line): [string, number][] => {
    const [, kind, address = '', port = '', state] = /^(tcp|udp)6? ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]{2})$/.exec(line.trim()) ?? [];
    return kind !== undefined && !isLoopback(address) && state === (kind === 'tcp' ? '0A' : '07') ? [[kind, parseInt(port, 16)]] : [];
  });
}

/** Words of the processor's own order of octets. */
const isLoopback = (address: string): boolean => (address.length === 8 ? address.endsWith('7F') : address === '00000000000000000000000001000000');
