import type { ErrorCode } from 'yaml';

interface Explained {
  readonly message: string;
  readonly suggestion: string | null;
}

const indent = 'begin the line in the same column as its neighbours';

/** What the parser's error codes mean to somebody who writes the file by hand. */
const explanations: { readonly [Code in ErrorCode]?: Explained } = {
  BAD_INDENT: { message: 'the line is indented in a way that fits nothing above it, or a bracket before it is not closed', suggestion: indent },
  TAB_AS_INDENT: { message: 'the line is indented with a tab', suggestion: 'indent with spaces' },
  BLOCK_AS_IMPLICIT_KEY: { message: 'there are two ": " in one line, or the line is indented under a value', suggestion: indent },
  MULTILINE_IMPLICIT_KEY: { message: 'a key runs over more than one line', suggestion: 'put a colon and a space after the key' },
  KEY_OVER_1024_CHARS: { message: 'a key is longer than 1024 characters', suggestion: null },
  MISSING_CHAR: { message: 'something is missing here: a closing quote, a bracket, a comma, or the colon and space after a key', suggestion: null },
  UNEXPECTED_TOKEN: { message: 'this does not belong here', suggestion: null },
  BAD_SCALAR_START: { message: 'a value cannot begin with this sign', suggestion: 'put the value in double quotes' },
  BAD_DQ_ESCAPE: { message: 'there is no such escape sequence', suggestion: 'write \\\\ for a backslash, or use single quotes' },
  MULTIPLE_DOCS: { message: 'a second document begins here', suggestion: 'remove the line of dashes' },
  BAD_DIRECTIVE: { message: 'the directive is not known', suggestion: 'remove the line' },
  RESOURCE_EXHAUSTION: { message: 'groups and lists lie inside each other too deep', suggestion: null },
  TAG_RESOLVE_FAILED: { message: 'the tag is not known', suggestion: 'remove the word that begins with !' },
};

/** `detail` is the parser's own sentence, used where none is kept here. */
export function explainSyntax(code: ErrorCode, detail: string): Explained {
  return explanations[code] ?? { message: detail.charAt(0).toLowerCase() + detail.slice(1), suggestion: null };
}
