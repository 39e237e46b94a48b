/** What is wrong with the modem or its cable; each may be switched while it runs. */
export interface ModemFaults {
  /** A slow modem: this long until each reply. */
  replyDelayMs: number;
  /** No command is answered. */
  mute: boolean;
  /** A command line that matches gets ERROR and does nothing. */
  refuse: RegExp | null;
  /** The exchange rings at the very moment the modem seizes the line. */
  glare: boolean;
  /** Part of the bytes that are lost. */
  lossToHost: number;
  lossFromHost: number;
  /** Bytes of nonsense a second towards the host. */
  garbagePerSecond: number;
  /** A far end that hangs up is told by DLE l alone, however the exchange shows it. */
  saysOnlyLoop: boolean;
  /** Silence is left out of recordings whatever the host sets. */
  silenceSuppression: boolean;
}

export const noFaults = (): ModemFaults => ({
  replyDelayMs: 5,
  mute: false,
  refuse: null,
  glare: false,
  lossToHost: 0,
  lossFromHost: 0,
  garbagePerSecond: 0,
  saysOnlyLoop: false,
  silenceSuppression: false,
});
