/** For people. */
export const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
