import { figure } from '../figure.ts';

/** Tells what was measured, with names, below the line of the test file. */
export function figures(what: string, measured: Readonly<Record<string, number | string>>): void {
  const parts = Object.entries(measured).map(([name, value]) => `${name} ${typeof value === 'number' ? rounded(value) : value}`);
  figure(`${what}: ${parts.join(', ')}`);
}

const rounded = (value: number): string => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5))));
