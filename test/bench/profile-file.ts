import type { ThreadName } from './thread-probe.ts';

export const profileFile = (profileAs: string, thread: ThreadName): string => `${profileAs}-${thread}.cpuprofile`;
