import type { LineDesk } from '../../lines/line-desk.ts';

/** What the console may do of `LineDesk`, which is one. */
export type LinesConsole = Pick<LineDesk, 'rows' | 'test' | 'reset'>;
