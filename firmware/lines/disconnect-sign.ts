import type { LineHappening } from '../../hal/line.ts';
import type { LineRules } from './line-state.ts';

/** How the going of the far end is seen, the most trustworthy first. */
export const disconnectSigns = ['loop', 'battery', 'polarity', 'report', 'tone', 'silence'] as const;

export type DisconnectSign = (typeof disconnectSigns)[number];

/**
 * Whether this says that the far end of a standing call has gone; null = it does not. The less a sign can be trusted, the more it asks for:
 * an opened loop, lost battery and the device's own word count at once; a polarity only when it turns back after it was reversed in this
 * call; a tone where the configuration lets it (a caller could play one). Silence is told by the media thread, where it was asked to.
 */
export function disconnectSign(happening: LineHappening, reversed: boolean, rules: LineRules): DisconnectSign | null {
  switch (happening.type) {
    case 'disconnect':
      return happening.by === 'polarity' && !reversed ? null : happening.by;
    case 'polarity':
      return reversed && !happening.reversed ? 'polarity' : null;
    case 'on-hook':
      return 'report';
    case 'tone':
      return rules.disconnectTone && (happening.tone === 'busy' || happening.tone === 'congestion') ? 'tone' : null;
    default:
      return null;
  }
}

/** For logs: completes 'the far end has gone: '. */
export const signText: Readonly<Record<DisconnectSign, string>> = {
  loop: 'the exchange opened the loop',
  battery: 'the exchange took the battery away',
  polarity: 'the exchange turned the battery back',
  report: 'the device said so',
  tone: 'the exchange sent its busy tone',
  silence: 'it was silent for too long',
};
