import type { FlowStart } from './flow-document.ts';

/** One text for one start point, for people too; a module is none. */
export function startKey(start: FlowStart): string {
  switch (start.scope) {
    case 'mailbox':
      return `${start.point} of mailbox ${start.mailbox}`;
    case 'default':
      return `${start.point} of all mailboxes`;
    case 'short code':
      return `short code ${start.number}`;
    case 'module':
      return 'module';
  }
}
