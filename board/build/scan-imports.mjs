// Finds the import statements of a TypeScript file by reading it, because a compiler drops those of types, and the rules
// hold for types too.

/** Comments and the insides of nothing else: strings stay, since a module's name is one. */
const COMMENT_OR_TEXT = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

const FORMS = [
  /^[ \t]*(?:import|export)\s+(?:type\s+)?(?:[\w$*]|\{)[^'"`;]*?\bfrom\s*(['"])(?<name>[^'"\n]+)\1/gm, // import x from, export { } from
  /^[ \t]*import\s*(['"])(?<name>[^'"\n]+)\1/gm, // import 'x'
  /\bimport\s*\(\s*(['"`])(?<name>[^'"`\n]+)\1/g, // import('x'), also as a type
  /\brequire\s*\(\s*(['"`])(?<name>[^'"`\n]+)\1/g, // with node:module's createRequire
];

/** Every module that `source` names, with its line, in order: [{ name, line }]. */
export function scanImports(source) {
  const bare = source.replace(COMMENT_OR_TEXT, (piece) => (piece.startsWith('/') ? blank(piece) : piece));
  return FORMS.flatMap((form) => [...bare.matchAll(form)])
    .map((match) => ({ name: match.groups.name, at: match.index + match[0].lastIndexOf(match.groups.name) }))
    .sort((one, other) => one.at - other.at)
    .map(({ name, at }) => ({ name, line: bare.slice(0, at).split('\n').length }));
}

function blank(comment) {
  return comment.replace(/[^\n]/g, ' ');
}
