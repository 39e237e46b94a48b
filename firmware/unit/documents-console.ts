import type { DocumentsConsole } from '../console/parts/documents-console.ts';
import type { DocumentLibrary, PutOutcome } from '../flows/document-library.ts';
import { nameIn } from '../flows/flow-library.ts';

/** Documents of one kind as the console sees them; `library` is asked for when it is needed. */
export function documentsConsole(library: () => Pick<DocumentLibrary<unknown>, 'get' | 'remove'>, put: (text: string) => Promise<PutOutcome>): DocumentsConsole {
  return {
    text: (name) => library().get(name)?.text ?? '',
    put: async (text) => {
      const outcome = await put(text);
      return outcome.put ? (nameIn(text) ?? '') : outcome.faults;
    },
    remove: (name) => library().remove(name),
  };
}
