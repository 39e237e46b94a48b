
/** The switches of a board that simulates faults of its own drivers. */
export interface FaultConsole {
  list(): readonly { readonly name: string; readonly about: string; readonly on: boolean }[];
  /** Only names of the list. */
  set(name: string, on: boolean): void;
}
