// Makes the image of one board: fetch, compose the root, pack the slot, lay out the disk, sign the bundle.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeBundle } from './bundle.mjs';
import { bakeCode, packedPlace, programPlace } from './code-cache.mjs';
import { DebianArchive } from './debian-archive.mjs';
import { DescribedParts, amiss } from './described-parts.mjs';
import { described } from './device-tree.mjs';
import { diskLayout, sfdiskScript } from './disk-layout.mjs';
import { edited } from './edited.mjs';
import { dataImage, fatImage, packedImage, placeInto, quicklyPackedImage, slotImage } from './file-systems.mjs';
import { firstFileSystem } from './first-file-system.mjs';
import { earlyConfig, factoryState, grubConfig, grubEnvironment, grubModules } from './grub-config.mjs';
import { steadyUuid, steadyVolumeId } from './identity.mjs';
import { ImageError } from './image-error.mjs';
import { KernelModules, moduleName } from './kernel-modules.mjs';
import { licenceList, npmPackages } from './licences.mjs';
import { readLock } from './lock.mjs';
import { nodeRuntime } from './node-runtime.mjs';
import { PackageTree } from './package-tree.mjs';
import { programLead } from './program-lead.mjs';
import { runText, steadyEnvironment } from './programs.mjs';
import { bootPackages, commonModules, firstModules, kernelPackage, processors, rootFiles } from './recipe.mjs';
import { RootTree } from './root-tree.mjs';
import { bill } from './sbom.mjs';
import { authorityText } from './signing.mjs';
import { osRelease, raucConfig } from './unit-files.mjs';

const MIB = 1024 * 1024;

/**
 * @param job { root, cache, board, image, program, info, epoch, signer, release, out, quick, packages }; packages: those of Debian, in the form of the lock file; left out: what it names
 * Gives { files, slotBytes, rootSizes }: paths by what they are; bytes; [origin, bytes] of the root.
 */
export async function makeImage(job) {
  const parts = await gather(job);
  const work = mkdtempSync(path.join(job.cache, 'work-'));
  try {
    const { slot, tree, used, licences } = composeSlot(job, parts, work);
    const disk = composeDisk(job, parts, slot, work);
    const out = path.join(job.out, job.board);
    mkdirSync(out, { recursive: true });
    const files = { image: path.join(out, 'understudy.img'), bundle: path.join(out, 'understudy.raucb') };
    const facts = { compatible: compatibleOf(job.board), version: job.info.version, build: job.info.commit, description: describe(job.release) };
    const slotSha256 = writeBundle(files.bundle, { slot, work, facts, epoch: job.epoch, signer: job.signer, pack: job.quick ? quicklyPackedImage : packedImage });
    runText('cp', ['--sparse=always', disk, files.image]);
    for (const { name, package: from, file, edits = [] } of job.image.besideFiles) writeFileSync(path.join(out, name), edited(readFileSync(parts.packages.find(from, file)), edits, file));
    files.bill = path.join(out, 'understudy.spdx.json');
    writeFileSync(files.bill, `${JSON.stringify(bill({ ...job, node: parts.node, debian: debianOf(parts, used), npm: parts.npm, slotSha256 }), null, 1)}\n`);
    files.licences = path.join(out, 'licences.txt');
    writeFileSync(files.licences, licences);
    return { files, slotBytes: statSync(slot).size, rootSizes: tree.sizes() };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

export const compatibleOf = (board) => `understudy-${board}`;

/** Everything foreign, checked against the lock file; what `job` has to hold: makeImage. */
export async function gather({ root, cache, image, program, packages: named }) {
  const processor = processors[image.processor];
  const lock = named ?? readLock(root);
  const archive = new DebianArchive(cache, processor.debian);
  const packages = new PackageTree(path.join(cache, 'unpacked'), processor.triple);
  for (const entry of lock) packages.add(entry, archive.fetch(entry));
  const node = await nodeRuntime(root, cache, processor);
  const kernel = lock.find(({ name }) => name.startsWith('linux-image-'));
  if (kernel === undefined) throw new ImageError(`the lock file names no kernel (${kernelPackage})`);
  const modules = new KernelModules(packages.folderOf(kernel.name));
  if (image.description !== undefined) checkDrivers(image, modules, bootFile(image.description.place, image, packages, kernel.name));
  return { processor, lock, packages, board: image.packages, node, kernelName: kernel.name, npm: npmPackages(root, program), modules };
}

const modulesOf = (image) => [...image.firstModules, ...firstModules, ...image.modules, ...commonModules];

/** Throws ImageError when a part of the board has no driver in the image: nothing but the board itself would show it. */
function checkDrivers(image, modules, description) {
  const { disk, leftOut } = image.description;
  const faults = amiss(new DescribedParts(description), (words) => modules.driversOf(words), { first: modules.inOrder(image.firstModules), installed: modules.inOrder(modulesOf(image)), leftOut: leftOut.map(moduleName), disk });
  if (faults.length > 0) throw new ImageError(['What the kernel describes of the board does not fit image.mjs of the board:', ...faults].join('\n'));
}

function composeSlot(job, parts, work) {
  const { root, board, image, program } = job;
  const common = path.join(root, 'board/common/image');
  const tree = new RootTree(path.join(work, 'root'), parts.processor.triple);
  const used = tree.fill(parts.packages, rootFiles, [parts.node.file]);
  tree.put(`node ${parts.node.version}`, 'usr/bin/node', parts.node.file, 0o755);
  tree.put('understudy', packedPlace.slice(1), program, 0o644);
  tree.write('understudy', programPlace.slice(1), programLead(program, packedPlace));
  tree.write('understudy', 'usr/share/understudy/understudy.yaml', runText(process.execPath, [program, 'sample']));
  const licences = licenceList({ ...licenceTexts(root, parts, used), npm: parts.npm });
  tree.write('licences', 'usr/share/understudy/licences.txt.gz', gzipSync(licences, { level: 9 }));
  bakeCode(tree, parts.processor);
  tree.lay('understudy', path.join(common, 'root'));
  tree.lay('understudy', path.join(root, 'board', board, 'root'));
  tree.applets(path.join(common, 'applets'));
  tree.write('understudy', 'etc/os-release', osRelease({ board, ...job.info, floor: job.release.floor }));
  tree.write('understudy', 'etc/rauc/system.conf', raucConfig(compatibleOf(board)));
  tree.write('understudy', 'etc/rauc/keyring.pem', authorityText(job.signer));
  parts.modules.install(modulesOf(image), tree.folder);
  tree.put(parts.kernelName, 'vmlinuz', parts.modules.kernel, 0o644);
  const initrd = firstFileSystem({
    script: path.join(common, 'initramfs/init'), busybox: parts.packages.find('busybox-static', 'bin/busybox'), modules: parts.modules, names: [...image.firstModules, ...firstModules],
  });
  tree.write('initrd', 'initrd', initrd);
  const slot = path.join(work, 'slot.squashfs');
  slotImage(tree.folder, slot, job.epoch);
  const most = image.sizes.slotMiB * MIB;
  if (statSync(slot).size > most) throw new ImageError(`the slot has ${statSync(slot).size} bytes, and its partition ${most}: board/${board}/image.mjs, sizes.slotMiB`);
  return { slot, tree, used, licences };
}

/** Entries of the lock file whose files are in this image: in the root, as its kernel, as what starts it. */
function debianOf({ lock, kernelName, board }, used) {
  const all = new Set([...used, kernelName, ...bootPackages, ...board]);
  return lock.filter(({ name }) => all.has(name));
}

function licenceTexts(root, parts, used) {
  const text = (file) => readFileSync(file, 'utf8');
  const debian = debianOf(parts, used).map((entry) => ({ ...entry, text: text(parts.packages.copyright(entry.name).file) }));
  return { own: text(path.join(root, 'LICENSE')), node: { version: parts.node.version, text: text(parts.node.licence) }, debian };
}

/** What a unit must know of a bundle before it takes it: firmware/update. */
const describe = ({ floor, data, dataFrom, pair, pairFrom }) => `floor=${floor} data=${data} data-from=${dataFrom} pair=${pair} pair-from=${pairFrom}`;

/** The whole disk: boot partition, the slot twice, an empty data partition. */
function composeDisk({ board, image, info, epoch }, parts, slot, work) {
  const words = [board, info.version, info.commit];
  const layout = diskLayout(image.sizes, words);
  const disk = path.join(work, 'disk.img');
  writeFileSync(disk, '');
  truncateSync(disk, layout.bytes);
  runText('sfdisk', ['-q', '--no-reread', '--no-tell-kernel', disk], { input: sfdiskScript(layout) });
  const [boot, slotA, slotB, data] = layout.partitions;
  const bootFile = path.join(work, 'boot.fat');
  fatImage(bootFile, { bytes: boot.bytes, label: 'BOOT', volumeId: steadyVolumeId(...words, 'boot'), epoch }, bootFiles(image, parts, work, epoch));
  const dataFile = path.join(work, 'data.ext4');
  dataImage(dataFile, { bytes: data.bytes, uuid: steadyUuid(...words, 'data'), hashSeed: steadyUuid(...words, 'data hash'), epoch });
  for (const [file, { startBytes }] of [[bootFile, boot], [slot, slotA], [slot, slotB], [dataFile, data]]) placeInto(disk, file, startBytes);
  return disk;
}

function bootFiles(image, { processor, packages, kernelName }, work, epoch) {
  const write = (name, content) => {
    const file = path.join(work, name);
    writeFileSync(file, content);
    return file;
  };
  const efi = path.join(work, 'grub.efi');
  const modules = path.join(packages.folderOf('grub-efi-arm64-bin'), 'usr/lib/grub', processor.grub);
  runText('grub-mkimage', ['-O', processor.grub, '-d', modules, '-p', '/grub', '-c', write('early.cfg', earlyConfig), '-o', efi, ...grubModules], { env: steadyEnvironment(epoch) });
  return [
    { place: `EFI/BOOT/${processor.efi}`, file: efi },
    { place: 'grub/grub.cfg', file: write('grub.cfg', grubConfig(image.kernelArguments)) },
    { place: 'grub/grubenv', file: write('grubenv', grubEnvironment(factoryState)) },
    ...image.bootFiles.map(({ place }) => ({ place, file: write(place.replaceAll('/', '_'), bootFile(place, image, packages, kernelName)) })),
  ];
}

/** What a file of the boot partition holds. */
export function bootFile(place, image, packages, kernelName) {
  const here = (words) => words.replaceAll('@kernel@', kernelName);
  const { text, package: name, file, edits = [], additions } = image.bootFiles.find((one) => one.place === place);
  if (text !== undefined) return text;
  const bytes = edited(readFileSync(packages.find(here(name), here(file))), edits, place);
  return additions === undefined ? bytes : described(bytes, additions, place);
}
