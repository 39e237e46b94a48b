/** What call flows may reach beyond the unit. */
export interface FlowSettings {
  readonly databases: readonly DatabaseSettings[];
  readonly remote: readonly RemoteFlowSettings[];
}

/** An SQLite file that flows ask. */
export interface DatabaseSettings {
  /** As the action Database Open names it. */
  readonly name: string;
  readonly file: string;
  /** Whether flows may change it. */
  readonly write: boolean;
}

/** A call flow that another system holds. */
export interface RemoteFlowSettings {
  /** As the action Remote Call Flow names it. */
  readonly name: string;
  readonly url: string;
  /** Sent as bearer token (RFC 6750); null = none is. */
  readonly token: string | null;
  /** PEM file of who vouches for the other side; null = the authorities that the machine trusts. */
  readonly authority: string | null;
}
