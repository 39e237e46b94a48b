import type { Unit } from '../../firmware/run.ts';

/** Gives every mailbox without a PIN a random one and prints it, this once: what is kept is only its hash. */
export async function announcePins(unit: Unit): Promise<void> {
  const without = unit.settings.mailboxes.filter(({ number }) => !unit.owners.hasPin(number));
  if (without.length === 0) return;
  const lines: string[] = [];
  for (const { number, name } of without) lines.push(`  mailbox ${number}  PIN ${await unit.owners.resetPin(number)}  ${name}`);
  process.stdout.write(`New PINs, shown this once (console: mailbox NUMBER pin reset):\n${lines.join('\n')}\n`);
}
