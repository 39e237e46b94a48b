// The disk of a unit that a technician has configured and that lost its power then: made once for all test files of a run, above the built image.
import { copyFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { BuiltImage } from './built-image.ts';
import { madeOnce } from './made-once.ts';
import { ImageSite } from './site.ts';
import { marked } from './unit-updates.ts';

export const configuredMailboxes = ['201', '202', '203', '204'] as const;

/** Of the built image. */
export const factoryVersion = '0.1.0';

/** The built image with that disk in place of the blank one. */
export async function configuredImage(built: BuiltImage): Promise<BuiltImage> {
  const image = path.join(built.folder, '..', 'configured.qcow2');
  await madeOnce(image, () => configure(built, image));
  return { ...built, image };
}

/** Copied aside and moved, so that what was cut off is made anew. */
async function configure(built: BuiltImage, file: string): Promise<void> {
  const site = new ImageSite(built);
  try {
    site.board.powerOn();
    await site.started();
    await site.configure(configuredMailboxes);
    // Or the boot loader takes the other slot at the next start, since this one has not proved itself.
    await marked(await site.console(), 'A', factoryVersion);
    await site.board.cut();
    copyFileSync(site.board.disk, `${file}.part`);
    renameSync(`${file}.part`, file);
  } finally {
    await site.remove();
  }
}
