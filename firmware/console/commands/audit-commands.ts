import { countArgument } from '../argument-kinds.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { command } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import { formatTime } from '../format.ts';
import { plainText } from '../plain-text.ts';
import { table } from '../table.ts';

/** Who did what. */
export const auditCommands: readonly Command[] = [
  command({ form: 'show audit [COUNT]', help: 'who did what at the console, the last 20 unless told', arguments: [countArgument], offered: (unit) => unit.audit !== null, run: withAudit(showAudit) }),
  command({ form: 'verify audit', help: 'whether the audit log is whole and unchanged', offered: (unit) => unit.audit !== null, run: withAudit(verify) }),
];

type AuditConsole = Pick<AuditLog, 'last' | 'verify'>;

function withAudit(run: (audit: AuditConsole, invocation: Invocation) => Promise<void>) {
  return async (invocation: Invocation): Promise<void> => {
    const { audit } = invocation.unit;
    return audit === null ? invocation.print('this unit keeps no audit log') : run(audit, invocation);
  };
}

async function showAudit(audit: AuditConsole, { unit, given, print }: Invocation): Promise<void> {
  const { timeZone } = unit.clock();
  const rows = (await audit.last(Number(given['COUNT'] ?? 20))).map(({ number, atMs, who, what }) => [number, formatTime(atMs, timeZone), plainText(who), plainText(what)]);
  table([{ title: 'ENTRY', right: true }, { title: 'TIME' }, { title: 'WHO' }, { title: 'WHAT' }], rows, 'nothing has been done').forEach(print);
}

async function verify(audit: AuditConsole, { print }: Invocation): Promise<void> {
  const { entries, first, last, faults } = await audit.verify();
  faults.forEach((fault) => print(plainText(fault)));
  if (first === null || last === null) return print(faults.length === 0 ? 'nothing has been written yet' : 'not whole');
  print(`${entries} entries, ${first.number} to ${last.number}; the last one has ${last.hash}`);
  print(faults.length === 0 ? 'whole and unchanged' : 'not whole: somebody changed it, or the disk did');
}
