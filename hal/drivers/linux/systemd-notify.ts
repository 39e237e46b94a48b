import { HalError } from '../../errors.ts';
import { UnixDatagram } from './unix-datagram.ts';

/** Tells systemd how the service fares (sd_notify(3)). Without systemd it says nothing. */
export interface SystemdNotify {
  /** READY=1, with a line for `systemctl status`. */
  ready(status: string): void;
  status(text: string): void;
  stopping(): void;
}

/** `environment` is the process's own; NOTIFY_SOCKET in it says where to. Never throws: the unit runs without being watched. */
export async function openSystemdNotify(environment: Readonly<Record<string, string | undefined>>): Promise<SystemdNotify> {
  const path = environment['NOTIFY_SOCKET'];
  const channel = path === undefined ? null : await UnixDatagram.to(path).catch(() => null);
  const say = (lines: string): void => void channel?.send(lines);
  return {
    ready: (status) => say(`READY=1\nSTATUS=${oneLine(status)}`),
    status: (text) => say(`STATUS=${oneLine(text)}`),
    stopping: () => say('STOPPING=1'),
  };
}

/** Errors: unsupported (not started by systemd). */
export function notifySocket(environment: Readonly<Record<string, string | undefined>>): string {
  const path = environment['NOTIFY_SOCKET'];
  if (path === undefined || path === '') throw new HalError('unsupported', 'systemd', 'NOTIFY_SOCKET is not set');
  return path;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
