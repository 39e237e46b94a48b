import type { Figure } from './figures.ts';

/** A section that came to no end, and what it had measured by then. */
export class Stopped extends Error {
  readonly figures: readonly Figure[];

  constructor(figures: readonly Figure[], cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.figures = figures;
  }
}

/** Whatever ends `work`, what had been measured by then goes with it. */
export async function orStop(figures: readonly Figure[], work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new Stopped(figures, error);
  }
}
