import { HalError } from '../../errors.ts';

export type Koffi = (typeof import('koffi'))['default'];

let loading: Promise<Koffi> | null = null;

/**
 * The foreign-function addon, loaded on first use: the only place that names it, so that a machine without it loses the drivers
 * that need it and nothing else. Errors: unsupported.
 */
export function loadKoffi(): Promise<Koffi> {
  loading ??= import('koffi').then(
    (module) => module.default,
    (cause: unknown) => Promise.reject(new HalError('unsupported', 'koffi', cause instanceof Error ? cause.message : String(cause), cause)),
  );
  return loading;
}
