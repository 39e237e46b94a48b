import type { ConfigurationEditor } from '../../lifecycle/configuration-editor.ts';

/** What the console may do to the configuration. Members but `value`, `trial` and `begin` are for who has begun. */
export type ConfigurationConsole = Pick<ConfigurationEditor, 'value' | 'trial' | 'begin' | 'end' | 'set' | 'remove' | 'show' | 'compare' | 'load' | 'check' | 'commit' | 'discard' | 'revisions' | 'rollback'>;
