/** Statements that reach beyond the one file, outlast themselves, or change how the engine works. */
const refused: ReadonlySet<string> = new Set(['ATTACH', 'DETACH', 'PRAGMA', 'VACUUM', 'BEGIN', 'COMMIT', 'END', 'ROLLBACK', 'SAVEPOINT', 'RELEASE', 'REINDEX', 'ANALYZE']);

/** What only looks; after anything else the file is written. */
const looks: ReadonlySet<string> = new Set(['SELECT', 'VALUES', 'EXPLAIN']);

/** The first word, past white space and comments, in capitals. */
export function firstWord(sql: string): string {
  const rest = withoutComments(sql);
  return (/^[A-Za-z]+/.exec(rest)?.[0] ?? '').toUpperCase();
}

/** From the first sign that is neither white space nor comment. */
export function withoutComments(sql: string): string {
  let at = 0;
  for (;;) {
    while (/[\s;]/.test(sql[at] ?? '')) at += 1;
    const comment = sql.startsWith('--', at) ? '\n' : sql.startsWith('/*', at) ? '*/' : null;
    if (comment === null) return sql.slice(at);
    const end = sql.indexOf(comment, at + 2);
    if (end < 0) return '';
    at = end + comment.length;
  }
}

/** Why the statement is not done, in words; null = it may be. */
export function statementFault(sql: string): string | null {
  const word = firstWord(sql);
  if (word === '') return 'there is no statement';
  return refused.has(word) ? `${word} is not for call flows; what is are SELECT, INSERT, UPDATE, DELETE and the like` : null;
}

export const onlyLooks = (sql: string): boolean => looks.has(firstWord(sql));
