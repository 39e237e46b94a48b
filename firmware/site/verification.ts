/** Makes certain what is known of parts of the site that this start has not looked at: what it goes by may be older than what is there. */
export interface Verification {
  /** What is here under the name is known for certain afterwards; false = it was already. Errors: HalError. */
  of(name: string): Promise<boolean>;
  /** The same for all there is. What cannot be looked at stays uncertain. Never throws. */
  all(): Promise<void>;
}

/** Where everything was looked at when it was opened. */
export const allIsCertain: Verification = { of: async () => false, all: async () => undefined };
