/** What the machine knows of its start and of the program's last end. Whatever it does not know is null. */
export interface StartFacts {
  /** Another one each time the kernel starts; '' = not known. */
  readonly bootId: string;
  /** Whether the watchdog device says that it restarted the machine. */
  readonly watchdogFired: boolean;
  /** Another reset that the device tells of: 'overheating', 'low voltage'. */
  readonly otherReset: string | null;
  /** The kernel's last words before the start: 'Kernel panic - not syncing: ...'. */
  readonly panic: string | null;
  /** How the program ended last, in the words of its supervisor. */
  readonly ended: ProgramEnd | null;
  /** The whole data partition was wiped before this start. */
  readonly wiped: boolean;
  /** What the start of the machine had to mend or set aside, as sentences. */
  readonly alarms: readonly string[];
}

/** exit: by itself, with a code. signal: killed. stuck: it fed its watchdog no more. gave-up: starting it again did not help. memory: the kernel killed it, over its limit. */
export type ProgramEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: number }
  | { readonly kind: 'stuck' | 'gave-up' | 'memory' };

export interface MachineStart {
  /** Never rejects. */
  facts(): Promise<StartFacts>;
}
