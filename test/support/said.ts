/** What a tool said on both outputs, and its exit code. */
export async function said(tool: () => Promise<number>): Promise<{ readonly code: number; readonly text: string }> {
  const { stdout, stderr } = process;
  const before = { out: stdout.write, error: stderr.write };
  let text = '';
  const keep = ((part: string) => ((text += part), true)) as typeof stdout.write;
  stdout.write = keep;
  stderr.write = keep;
  try {
    return { code: await tool(), text };
  } finally {
    stdout.write = before.out;
    stderr.write = before.error;
  }
}
