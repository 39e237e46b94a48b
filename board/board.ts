/** What a board is: data only. Everything that differs between models and is not a driver's code stands here. */
export interface Board {
  readonly model: string;
  /** One line for people. */
  readonly description: string;
  /** Most voicemail ports that its processor and memory are trusted with. */
  readonly maxPorts: number;
  readonly memoryBudgetMiB: number;
  readonly drivers: {
    /** 'systemd', 'device', 'none', 'sim'. */
    readonly watchdog: string;
    /** 'best' (epoll where it proves itself, else dgram) or 'dgram'. */
    readonly datagramBatch: string;
  };
  /** Where messages and state live unless --data says otherwise. */
  readonly dataFolder: string;
  /** The configuration file unless --config says otherwise. */
  readonly configFile: string;
  /** Whether mailboxes without a PIN get one at start, printed once on the terminal: for trying things out, not for an office. */
  readonly announcesPins: boolean;
}
