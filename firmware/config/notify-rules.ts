import type { Conflict, Draft } from './cross-rules.ts';

/** Rules of what leaves the unit by itself. */
export const notifyRules: readonly ((draft: Draft) => Conflict[])[] = [loginIsWhole, noPasswordInTheClear, outgoingPeerExists, hoursHaveALength];

const loopback = ['127.0.0.1', '::1', 'localhost'];

function loginIsWhole({ mail }: Draft): Conflict[] {
  if (mail === undefined || mail === null || (mail.user === null) === (mail.password === null)) return [];
  const missing = mail.user === null ? 'user' : 'password';
  return [conflict(['mail', missing === 'user' ? 'password' : 'user'], `without a ${missing} nobody can log in`, `add ${missing}, or remove both`)];
}

function noPasswordInTheClear({ mail }: Draft): Conflict[] {
  if (mail === undefined || mail === null || mail.tls !== 'off' || mail.password === null || loopback.includes(mail.host)) return [];
  return [conflict(['mail', 'tls'], 'the password would go over the network in the clear', 'use starttls or required, or remove user and password')];
}

function outgoingPeerExists({ outgoing, peers }: Draft): Conflict[] {
  const name = outgoing?.peer ?? null;
  if (name === null || peers.includes(null)) return [];
  const peer = peers.find((one) => one?.name === name);
  if (peer === undefined) return [conflict(['outgoing', 'peer'], `there is no peer named ${name}`, 'use the name of a peer')];
  return peer?.host === null ? [conflict(['outgoing', 'peer'], `${name} has no host to call`, `add host to ${name}`)] : [];
}

function hoursHaveALength({ outcalling }: Draft): Conflict[] {
  return (['prime', 'peak'] as const).flatMap((name) => {
    const hours = outcalling?.[name];
    return hours === undefined || hours.from < hours.to ? [] : [conflict(['outcalling', name, 'to'], `must be later than from, which is ${hours.from}`, 'hours end on the day on which they begin')];
  });
}

function conflict(path: Conflict['path'], message: string, suggestion: string | null): Conflict {
  return { path, message, suggestion };
}
