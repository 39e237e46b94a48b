export function isIpv6(address: string): boolean {
  return address.includes(':');
}

export function isIpLiteral(text: string): boolean {
  return isIpv6(text) || /^\d{1,3}(\.\d{1,3}){3}$/.test(text);
}

export function sameFamily(one: string, other: string): boolean {
  return isIpv6(one) === isIpv6(other);
}

export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
