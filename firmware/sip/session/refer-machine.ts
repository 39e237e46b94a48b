/**
 * What became of a call that the peer was asked to take over (RFC 3515):
 *
 *   asked ── 2xx ──> reported ── NOTIFY with a final status ──> over
 *     └── 3xx to 6xx, nothing ──> over       └── the peer hangs up, the subscription ends, nothing more comes ──> over: done
 *
 * A NOTIFY may overtake the 2xx (RFC 3515 section 2.4.4). With `Refer-Sub: false` none comes (RFC 4488).
 */
export type ReferOutcome =
  /** Somebody has the call, or the peer has taken it and says no more. */
  | { readonly outcome: 'done'; readonly text: string }
  /** The peer does not take it: this call is as it was. */
  | { readonly outcome: 'refused'; readonly status: number; readonly text: string }
  /** The peer called, and `status` is what it was told: this call is as it was. */
  | { readonly outcome: 'failed'; readonly status: number; readonly text: string }
  /** The call was over before the peer had answered. */
  | { readonly outcome: 'ended'; readonly text: string };

export type ReferState = { readonly name: 'asked' } | { readonly name: 'reported' } | { readonly name: 'over'; readonly outcome: ReferOutcome };

export type ReferInput =
  /** Final, to the REFER; `reports`: NOTIFYs follow. */
  | { readonly type: 'response'; readonly status: number; readonly reports: boolean }
  | { readonly type: 'unanswered'; readonly text: string }
  /** A NOTIFY: the status in its sipfrag, null = none that can be read; `last`: the subscription ends with it. */
  | { readonly type: 'report'; readonly status: number | null; readonly last: boolean }
  | { readonly type: 'report-timeout' }
  | { readonly type: 'leg-ended' };

/** Pure and total: an input that means nothing in a state changes nothing. */
export function referStep(state: ReferState, input: ReferInput): ReferState {
  switch (state.name) {
    case 'asked':
      return asked(state, input);
    case 'reported':
      return reported(state, input);
    case 'over':
      return state;
  }
}

function asked(state: ReferState, input: ReferInput): ReferState {
  switch (input.type) {
    case 'response':
      if (input.status >= 300) return over({ outcome: 'refused', status: input.status, text: `the peer refuses to take calls over: ${input.status}` });
      return input.reports ? { name: 'reported' } : done('the peer has the call, and does not report');
    case 'unanswered':
      return over({ outcome: 'refused', status: 408, text: input.text });
    case 'report':
      return told(input.status) ?? state;
    case 'leg-ended':
      return over({ outcome: 'ended', text: 'the call was over before the peer had answered' });
    case 'report-timeout':
      return state;
  }
}

function reported(state: ReferState, input: ReferInput): ReferState {
  switch (input.type) {
    case 'report':
      return told(input.status) ?? (input.last ? done('the peer has the call, and reports no more') : state);
    case 'leg-ended':
      return done('the peer has the call');
    case 'report-timeout':
      return done('the peer has the call, and has not reported in time');
    default:
      return state;
  }
}

/** null: it still goes on. */
function told(status: number | null): ReferState | null {
  if (status === null || status < 200) return null;
  if (status < 300) return done('who was called has the call');
  return over({ outcome: 'failed', status, text: `the peer could not hand the call on: ${status}` });
}

const done = (text: string): ReferState => over({ outcome: 'done', text });
const over = (outcome: ReferOutcome): ReferState => ({ name: 'over', outcome });
