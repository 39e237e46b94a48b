/** How Get Data ended. Empty: the statement gave no row at all; At End: there is none in that direction any more. */
export type DataResult = 'Success' | 'At End' | 'Empty' | 'Failure';

export type DataMove = 'first' | 'next' | 'previous' | 'last';

/** Fields of a record that a flow sees ($DBD[0] to $DBD[5]). */
export const mostFields = 6;

/** Databases of the configuration (`flows.databases`). A call has one open at a time; it closes by itself when the call has ended. */
export interface DatabaseRequests {
  readonly 'open-database': { readonly ask: { readonly database: string }; readonly answer: { readonly opened: boolean } };
  /** One statement; `values` are bound to its question marks, never put into its text. Its rows take the place of those of the one before. */
  readonly 'execute-database': { readonly ask: { readonly sql: string; readonly values: readonly string[] }; readonly answer: { readonly executed: boolean; readonly rows: number } };
  /** `fields`: at most `mostFields`, as text; none unless Success. */
  readonly 'get-data': { readonly ask: { readonly move: DataMove }; readonly answer: { readonly result: DataResult; readonly fields: readonly string[] } };
  readonly 'close-database': { readonly ask: object; readonly answer: { readonly closed: boolean } };
}
