import { HalError } from './errors.ts';

/**
 * The parts of a storage path; '' is the root and has none. A leading '/', an empty part, '.', '..' or NUL is refused with
 * `permission-denied`, in every driver alike, so that no name taken from a call or a file can leave the data folder.
 */
export function pathParts(path: string): string[] {
  if (path === '') return [];
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'))) {
    throw new HalError('permission-denied', path, 'not a path inside the data folder');
  }
  return parts;
}
