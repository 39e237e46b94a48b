/** Where the other leg of a bridged call goes. */
export type BridgeTarget =
  /** A number at a SIP peer. `emergency`: a call for help that finds no trunk here. */
  | { readonly kind: 'extension'; readonly number: string; readonly peer: string; readonly emergency?: true }
  /** The phone port with this number. */
  | { readonly kind: 'phone'; readonly number: string }
  /** An idle trunk with this prefix, any for null. `peer`: the SIP peer that gets the call when no trunk is idle; null = none does. */
  | { readonly kind: 'trunk'; readonly number: string; readonly prefix: string | null; readonly emergency: boolean; readonly peer: string | null };

/** For people. */
export function targetText(target: BridgeTarget): string {
  switch (target.kind) {
    case 'extension':
      return `${target.number} at ${target.peer}`;
    case 'phone':
      return `telephone ${target.number}`;
    case 'trunk':
      return `${target.number} on a trunk`;
  }
}

export const isEmergency = ({ target }: { readonly target: BridgeTarget }): boolean => target.kind !== 'phone' && target.emergency === true;

/** A call between two lines takes two ports: its audio goes by RTP from one to the other within the unit. */
export const portsFor = (target: BridgeTarget, fromLine: boolean): number => (fromLine && target.kind !== 'extension' ? 2 : 1);
