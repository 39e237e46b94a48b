/** Why a PIN is refused; the text ends the sentence 'The PIN ...'. */
export type PinFault = 'too-short' | 'too-long' | 'not-digits' | 'one-digit' | 'sequence' | 'mailbox-number' | 'year' | 'previous';

export const maxPinDigits = 15;

/** The rules apply to every PIN, whoever sets it. null = good. */
export function pinFault(pin: string, mailbox: string, minLength: number): PinFault | null {
  if (!/^[0-9]*$/.test(pin)) return 'not-digits';
  if (pin.length < minLength) return 'too-short';
  if (pin.length > maxPinDigits) return 'too-long';
  if (/^(.)\1*$/.test(pin)) return 'one-digit';
  if (isSequence(pin, 1) || isSequence(pin, -1)) return 'sequence';
  if (pin.includes(mailbox) || pin.includes([...mailbox].reverse().join(''))) return 'mailbox-number';
  if (pin.length === 4 && /^(19|20)/.test(pin)) return 'year';
  return null;
}

/** 1234, 8901 and 4321, 1098 alike. */
function isSequence(pin: string, step: 1 | -1): boolean {
  return [...pin].every((digit, at) => at === 0 || Number(digit) === (Number(pin[at - 1]) + step + 10) % 10);
}
