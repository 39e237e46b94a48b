/** Work on one key is done one after another; what fails does not keep the next from being done. */
export function inTurn(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const queues = new Map<string, Promise<unknown>>();
  return <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const mine = (queues.get(key) ?? Promise.resolve()).then(work, work);
    queues.set(key, mine);
    const forget = (): void => {
      if (queues.get(key) === mine) queues.delete(key);
    };
    mine.then(forget, forget);
    return mine;
  };
}
