/** The door relay of the board. */
export interface DoorRequests {
  /** `opened` is false where the board has no such relay. */
  readonly 'open-door': { readonly ask: { readonly ms: number }; readonly answer: { readonly opened: boolean } };
}
