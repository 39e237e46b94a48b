import { nextEpoch } from './epoch.ts';
import { onlyPartnerHears, partnerIsFit } from './role-rules.ts';
import { otherRank, serves, type RoleState } from './role.ts';

/** The service is offered because the partner, or a person, wants it to move: nothing but its time limit takes that back. */
export const offerAsBidden = (state: RoleState): RoleState => ({ ...offering(state), returned: 'no', misplaced: 'no' });

/**
 * When a unit that serves hands over: where the partner asks for it, where only the partner hears the main PBX, and back to a
 * returned primary that has been well for some time. An offer of its own accord is taken back when its reason is gone.
 */
export function handOver(state: RoleState): RoleState {
  if (!serves(state.role) || !partnerIsFit(state)) return state.returned === 'no' && state.misplaced === 'no' ? state : { ...state, returned: 'no', misplaced: 'no' };
  if (state.partner.asks && state.offer === 0) return offerAsBidden(state);
  return toReturned(toWhereItIsHeard(state));
}

/** A PBX that dies is lost to one unit before the other: the partner must go on hearing it for as long as it may take it to find that out. */
function toWhereItIsHeard(state: RoleState): RoleState {
  const { misplaced, offer } = state;
  if (state.held || !onlyPartnerHears(state)) return misplaced === 'no' ? state : { ...state, misplaced: 'no', offer: misplaced === 'sure' ? 0 : offer };
  if (offer !== 0) return state;
  return misplaced === 'sure' ? offering(state) : { ...state, misplaced: 'doubted' };
}

function toReturned(state: RoleState): RoleState {
  const { returned, offer, calls } = state;
  if (state.role !== 'backup-active' || state.failback === 'manual' || state.held || !state.partner.waiting) return state;
  if (cutOff(state)) return returned === 'no' ? state : { ...state, returned: 'no', offer: 0 };
  if (offer !== 0) return state;
  if (returned === 'no') return { ...state, returned: 'settling' };
  return returned === 'overdue' || (returned === 'settled' && calls === 0) ? offering(state) : state;
}

/** The returned primary would take the service away from a PBX that is heard here. */
const cutOff = ({ main, partner }: RoleState): boolean => partner.main === 'lost' && main !== 'lost';
const offering = (state: RoleState): RoleState => ({ ...state, offer: nextEpoch(state.seen, otherRank(state.rank)) });
