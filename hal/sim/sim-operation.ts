export type SimOperationKind =
  | 'open' | 'create' | 'read' | 'write' | 'allocate' | 'truncate' | 'data-sync'
  | 'rename' | 'remove' | 'list' | 'make-directory' | 'sync-directory' | 'stat' | 'space';

/** One operation of a simulated storage, for those who fail, delay or count it. */
export interface SimOperation {
  /** Counts from 0 over all operations of the storage. */
  readonly number: number;
  readonly kind: SimOperationKind;
  readonly path: string;
}

/** They change nothing: a partition that is read-only does them. */
export const readingKinds: ReadonlySet<SimOperationKind> = new Set(['open', 'read', 'list', 'stat', 'space']);
