/** User variables ($REG[name]), which all calls share. */
export interface VariableRequests {
  /** Durable when answered; '' removes it. */
  readonly 'set-user-variable': { readonly ask: { readonly name: string; readonly value: string }; readonly answer: { readonly value: string } };
}
