import type { Conflict, Draft, Rule } from './cross-rules.ts';

/** What valid values of the estate may still do wrong together. */
export const estateRules: readonly Rule[] = [authorityNeedsTls, passwordNeedsTls, passwordHasAUser, commandKeysOnce];

const conflict = (path: readonly (string | number)[], message: string, suggestion: string): Conflict => ({ path: ['estate', ...path], message, suggestion });

function authorityNeedsTls({ estate }: Draft): Conflict[] {
  if (estate === undefined || estate === null || estate.broker.tls || estate.broker.authority === null) return [];
  return [conflict(['broker', 'authority'], 'in the clear nobody vouches for anybody', 'set tls to true, or remove authority')];
}

function passwordNeedsTls({ estate }: Draft): Conflict[] {
  if (estate === undefined || estate === null || estate.broker.tls || estate.broker.password === null) return [];
  return [conflict(['broker', 'password'], 'it would pass in the clear', 'set tls to true, or remove password')];
}

function passwordHasAUser({ estate }: Draft): Conflict[] {
  if (estate === undefined || estate === null || estate.broker.password === null || estate.broker.user !== null) return [];
  return [conflict(['broker', 'password'], 'nobody could say whose it is', 'add user, or remove password')];
}

function commandKeysOnce({ estate }: Draft): Conflict[] {
  const keys = estate?.commandKeys ?? [];
  return keys.flatMap((key, index) => (keys.indexOf(key) < index ? [conflict(['commandKeys', index], 'this key is in the list already', 'remove it')] : []));
}
