import { plainText, textColumns } from './plain-text.ts';

export interface Column {
  readonly title: string;
  /** Numbers are set to the right. */
  readonly right?: boolean;
}

/** Lines of a table: a head, then the rows, columns two spaces apart, no trailing space. Without rows: `none` alone. */
export function table(columns: readonly Column[], rows: readonly (readonly (string | number)[])[], none: string): string[] {
  if (rows.length === 0) return [none];
  const cells = [columns.map((column) => column.title), ...rows.map((row) => row.map((cell) => plainText(String(cell))))];
  const widths = columns.map((_, index) => cells.reduce((widest, row) => Math.max(widest, textColumns(row[index] ?? '')), 0));
  return cells.map((row) => row.map((cell, index) => pad(cell, widths[index] ?? 0, columns[index]?.right === true)).join('  ').trimEnd());
}

/** Lines of 'name  value', values in one column. */
export function pairs(entries: readonly (readonly [string, string | number])[]): string[] {
  const width = entries.reduce((widest, [name]) => Math.max(widest, textColumns(name)), 0);
  return entries.map(([name, value]) => `${pad(name, width, false)}  ${plainText(String(value))}`.trimEnd());
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - textColumns(text)));
  return right ? space + text : text + space;
}
