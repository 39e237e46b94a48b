/** As much of the package as is used here. */
declare module 'sql.js' {
  export interface Statement {
    bind(values: readonly (string | number | null)[]): boolean;
    step(): boolean;
    /** With `useBigInt`, whole numbers are exact. */
    get(values: null, config: { readonly useBigInt: boolean }): (string | number | bigint | Uint8Array | null)[];
    free(): boolean;
  }
  export interface StatementIterator {
    next(): { readonly done: boolean; readonly value: Statement };
    getRemainingSQL(): string;
  }
  export interface SqlDatabase {
    exec(sql: string): { readonly values: readonly (readonly unknown[])[] }[];
    iterateStatements(sql: string): StatementIterator;
    getRowsModified(): number;
    /** The file's bytes. Statements are ended and settings of the connection lost. */
    export(): Uint8Array;
    close(): void;
  }
  export interface SqlJs {
    readonly Database: new (bytes: Uint8Array) => SqlDatabase;
  }
  export default function initSqlJs(options: { readonly wasmBinary: Uint8Array }): Promise<SqlJs>;
}
