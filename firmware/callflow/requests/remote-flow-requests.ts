/** Call flows that another system holds (`flows.remote` of the configuration). */
export interface RemoteFlowRequests {
  /** `flow`: the name under which the interpreter finds what was fetched. `from`: 'cache' while the other side is away. */
  readonly 'fetch-flow': { readonly ask: { readonly source: string }; readonly answer: { readonly flow: string; readonly from: 'remote' | 'cache' } };
}
