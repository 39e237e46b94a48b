import type { CaptureDesk } from '../../capture/capture-desk.ts';

/** What the console may do of `CaptureDesk`, which is one. */
export type CaptureConsole = Pick<CaptureDesk, 'status' | 'files' | 'start' | 'stop' | 'remove'>;
