// Eyes inside an emulated board, without a back door in the product: the kernel and the first file system of the image's own slot are started directly,
// with a second archive behind the first one, which the kernel lays over it: the product's /init with one more step before its last. That starts a helper in
// the slot's root, which does what comes in by a virtio-serial port. The slot itself is the one that customers get.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DirectBoot } from './emulated-board.ts';
import type { BuiltImage } from './built-image.ts';
import { boardName } from './built-image.ts';
import type { SerialLine } from './serial-line.ts';
import { SlotDisk } from './slot-disk.ts';
import { builder } from './builder.ts';
import { tool } from './tool.ts';

const { image: board } = (await builder(`board/${boardName}/image.mjs`)) as { image: { kernelArguments: string } };

const commandLimitMs = 60_000;
const end = 'agent-says';

/** Where files of the test lie in the board. */
export const agentFolder = '/run/test';

/** The image's kernel and first file system with the helper; `files`: further ones for `agentFolder`, name to path. */
export async function withAgent(built: BuiltImage, files: Readonly<Record<string, string>> = {}): Promise<DirectBoot> {
  return withSteps(built, steps, (tree) => {
    mkdirSync(path.join(tree, 'test/files'), { recursive: true });
    writeFileSync(path.join(tree, 'test/agent'), agentScript, { mode: 0o755 });
    for (const [name, from] of Object.entries(files)) cpSync(from, path.join(tree, 'test/files', name), { recursive: true, dereference: true });
  });
}

/** The image's kernel and first file system, whose program takes `steps` (of a shell, each line ended) before it hands over to the root; `lay` puts files beside it. */
export async function withSteps({ image }: BuiltImage, steps: string, lay: (tree: string) => void = () => {}): Promise<DirectBoot> {
  const work = mkdtempSync(path.join(tmpdir(), 'first-'));
  const disk = await SlotDisk.of(image, boardName);
  disk.readSlot('A', (file) => tool('unsquashfs', ['-q', '-n', '-d', path.join(work, 'slot'), file, 'vmlinuz', 'initrd']));
  const own = readFileSync(path.join(work, 'slot/initrd'));
  const tree = path.join(work, 'tree');
  mkdirSync(tree);
  writeFileSync(path.join(tree, 'init'), initWith(steps, own, work), { mode: 0o755 });
  lay(tree);
  const initrd = path.join(work, 'initrd');
  writeFileSync(initrd, Buffer.concat([own, archive(tree)]));
  return { kernel: path.join(work, 'slot/vmlinuz'), initrd, words: `rauc.slot=A ${board.kernelArguments}` };
}

/** The product's own /init, with further steps before its last. */
function initWith(steps: string, initrd: Buffer, work: string): string {
  const place = path.join(work, 'own');
  mkdirSync(place);
  tool('busybox', ['cpio', '-i', '-d', 'init'], { cwd: place, input: initrd });
  const text = readFileSync(path.join(place, 'init'), 'utf8');
  if (!handOver.test(text)) throw new Error('the first program of the image hands over in another way than the helper knows: no line "exec ... switch_root ..."');
  return text.replace(handOver, (line) => `${steps}${line}`);
}

/** An uncompressed archive as the kernel reads it, at a multiple of four bytes. */
function archive(tree: string): Buffer {
  const names = readdirSync(tree, { recursive: true }).map(String).sort();
  const bytes = tool('busybox', ['cpio', '-o', '-H', 'newc'], { cwd: tree, input: Buffer.from(`${names.join('\n')}\n`) });
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

/** The helper's way in: what the product's own script does last is to hand over to the root, which is mounted at /root by then. */
const handOver = /^exec .*\bswitch_root\b.*$/m;

/** /dev has gone over already, and a program in the background wants its null; the hand-over deletes the programs, so it waits until the helper has its own. */
const steps = `x=/bin/busybox; $x mkdir -p /root${agentFolder}; $x cp -r /test/files/. /root${agentFolder}; $x cp /test/agent /root${agentFolder}/agent; $x mknod /dev/null c 1 3
( cd /root && exec /bin/busybox chroot . /bin/busybox sh ${agentFolder}/agent ) &
until [ -e /root${agentFolder}/up ]; do $x usleep 20000; done
`;

/** Runs in the slot's root. The kernel numbers a port by the place of its device among all of virtio, so it is looked for. */
const agentScript = `cd /
: > ${agentFolder}/up
port() { for port in /dev/vport*p1; do [ -c "$port" ] && return 0; done; return 1; }
until port; do modprobe -q virtio_console; usleep 200000; done
exec 3<> "$port"
echo "${end} 0" >&3
while read -r line <&3; do sh -c "$line" > /run/agent-said 2>&1 3<&-; code=$?; cat /run/agent-said >&3; echo "${end} $code" >&3; done
`;

/** The test's end of the helper's port. */
export class GuestAgent {
  readonly #line: SerialLine;

  constructor(line: SerialLine) {
    this.#line = line;
  }

  /** Waits until the helper is there. */
  async ready(limitMs: number): Promise<void> {
    await this.#line.heard(new RegExp(`${end} 0\r?\n`), limitMs);
  }

  /** Runs words of a shell in the board, as root; resolves to what they print. Errors: their exit code is not 0. */
  async run(command: string, limitMs = commandLimitMs): Promise<string> {
    this.#line.mark();
    this.#line.send(`${command}\n`);
    const said = await this.#line.heard(new RegExp(`(?:^|\n)${end} \\d+\r?\n`), limitMs);
    const [, output = '', code = ''] = new RegExp(`^([\\s\\S]*?)${end} (\\d+)\\s*$`).exec(said) ?? [];
    if (code !== '0') throw new Error(`"${command}" ended with code ${code} in the board:\n${output}`);
    return output;
  }
}
