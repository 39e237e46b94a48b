import type { Storage } from '../../hal/storage.ts';

/** A storage on which nothing is changed before `before` has resolved; what that throws, the change throws. Files must not be kept open for writing over it. */
export function guardedStorage(storage: Storage, before: () => Promise<void>): Storage {
  return {
    open: async (path, mode) => {
      if (mode !== 'read') await before();
      return storage.open(path, mode);
    },
    rename: (from, to) => before().then(() => storage.rename(from, to)),
    remove: (path) => before().then(() => storage.remove(path)),
    makeDirectory: (path) => before().then(() => storage.makeDirectory(path)),
    list: (path) => storage.list(path),
    syncDirectory: (path) => storage.syncDirectory(path),
    stat: (path) => storage.stat(path),
    space: () => storage.space(),
    lock: (path) => storage.lock(path),
  };
}
