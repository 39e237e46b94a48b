// What GRUB reads: which slot to start, and the 1024 bytes that it, RAUC and nobody else write.
const BLOCK_BYTES = 1024;
const HEAD = '# GRUB Environment Block\n';

/** The block as grub-editenv makes it. Throws when the settings do not fit. */
export function grubEnvironment(settings) {
  const text = HEAD + Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join('');
  if (text.length > BLOCK_BYTES) throw new RangeError(`the state of the boot loader has ${text.length} bytes, and ${BLOCK_BYTES} is all there is`);
  return Buffer.from(text.padEnd(BLOCK_BYTES, '#'), 'latin1');
}

/** A unit from the factory: both slots hold the same, both are good, neither has been seen to answer a call. */
export const factoryState = { ORDER: 'A B', A_OK: 1, A_TRY: 0, A_PROVEN: 0, B_OK: 1, B_TRY: 0, B_PROVEN: 0 };

/** Built into GRUB: finds the partition that it came from. */
export const earlyConfig = `search --no-floppy --file /grub/grub.cfg --set=root
set prefix=($root)/grub
configfile ($root)/grub/grub.cfg
`;

/** Modules that GRUB carries; nothing else can be loaded. */
export const grubModules = ['part_gpt', 'fat', 'squash4', 'gzio', 'linux', 'normal', 'configfile', 'loadenv', 'test', 'echo', 'reboot', 'regexp', 'search', 'search_fs_file'];

/** Starts that a slot gets without `mark good`: one after an update; more when it has been marked good before, since a power cut early in a start is not its fault. */
const TRIES_OF_PROVEN = 3;

/** In GRUB's language, which neither counts nor has variables of variables. */
function selection(slot) {
  const steps = Array.from({ length: TRIES_OF_PROVEN }, (_, tried) => {
    const proven = tried === 0 ? '' : ` -a "$${slot}_PROVEN" == "1"`;
    return `    if [ "$selected" == "" -a "$${slot}_OK" == "1" -a "$${slot}_TRY" == "${tried}"${proven} ]; then set selected=${slot}; set ${slot}_TRY=${tried + 1}; fi\n`;
  });
  return `  if [ "$slot" == "${slot}" ]; then\n${steps.join('')}  fi\n`;
}

/**
 * The first slot of ORDER that is good (OK) and has tries left is started, and the try is noted before. When no slot is left, both are tried again from the
 * front: a unit that tries for ever can come back by itself, one that stops cannot. A slot that cannot be read gives way to the other one at once, so that
 * a state that cannot be noted is no loop. A state of no use (a file that a power cut left empty) is taken from the copy that the unit keeps beside it.
 * Kernel and first file system are in the slot, so that a slot is one thing.
 * `gpt`: the kernel looks at the table at the end of the disk when the one at its beginning is half written (the first start enlarges the last partition).
 * @param kernelArguments what the board adds
 */
export const grubConfig = (kernelArguments) => `insmod regexp
regexp --set=1:disk '^(.*),gpt[0-9]+$' $root
function start {
  if [ "$1" == "B" ]; then set partition=3; else set partition=2; fi
  echo "boot: slot $1"
  if linux ($disk,gpt$partition)/vmlinuz rauc.slot=$1 gpt ${kernelArguments}; then
    if initrd ($disk,gpt$partition)/initrd; then boot; fi
  fi
  echo "boot: slot $1 cannot be read"
}
set state=($root)/grub/grubenv
load_env -f $state
if [ "$ORDER" == "" ]; then
  set state=($root)/grub/grubenv.kept
  load_env -f $state
fi
if [ "$ORDER" == "" ]; then set ORDER="A B"; fi
set selected=""
for slot in $ORDER; do
${selection('A')}${selection('B')}done
if [ "$selected" == "" ]; then
  set A_TRY=0
  set B_TRY=0
  for slot in $ORDER; do if [ "$selected" == "" ]; then set selected=$slot; fi; done
  if [ "$selected" == "B" ]; then set B_TRY=1; else set selected=A; set A_TRY=1; fi
fi
save_env -f $state ORDER A_OK A_TRY B_OK B_TRY
start $selected
if [ "$selected" == "B" ]; then start A; else start B; fi
reboot
`;
