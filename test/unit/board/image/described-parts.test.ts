// The kernel's description of a board: read and written without loss, added to, and compared with the modules of an image.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const part = (name: string) => import(pathToFileURL(path.resolve(`board/image/${name}.mjs`)).href);
const { described, nodeAt, readTree, textsOf, writeTree } = await part('device-tree');
const { DescribedParts, amiss } = await part('described-parts');
const { moduleName, withWishes } = await part('kernel-modules');
const { image: cm4 } = await import(pathToFileURL(path.resolve('board/rpi-cm4/image.mjs')).href);

interface Node { readonly name: string; readonly properties: Map<string, Buffer>; readonly nodes: Node[] }

const words = (...values: number[]): Buffer => Buffer.concat(values.map((value) => Buffer.from(Uint32Array.of(value).buffer).swap32()));
const text = (...values: string[]): Buffer => Buffer.from(values.map((value) => `${value}\0`).join(''));
const node = (name: string, properties: Record<string, Buffer>, ...nodes: Node[]): Node => ({ name, properties: new Map(Object.entries(properties)), nodes });

/** A disk whose supply is switched by a pin of a chip on another bus, a network card, and a picture that is switched off. */
const board: Buffer = writeTree({
  cpu: 0,
  reservations: Buffer.alloc(16),
  root: node('', { compatible: text('maker,board') },
    node('soc', { compatible: text('simple-bus') },
      node('pins@1', { compatible: text('maker,pins'), phandle: words(7), '#gpio-cells': words(2) }, node('group', {})),
      node('disk@2', { compatible: text('maker,disk-5', 'maker,disk'), 'vmmc-supply': words(8), clocks: words(9, 7), odd: text('abc') }),
      node('network@3', { compatible: text('maker,network'), status: text('okay') }),
      node('picture@4', { compatible: text('maker,picture'), status: text('disabled') }, node('wire', { compatible: text('maker,wire') }))),
    node('supply', { compatible: text('maker,supply'), phandle: words(8), gpio: words(7, 9, 0) }),
    node('clock', { compatible: text('maker,clock'), phandle: words(9), '#clock-cells': words(1) })),
});

const drivers: Record<string, string> = { 'maker,disk': 'disk', 'maker,supply': 'supply', 'maker,pins': 'pins', 'maker,network': 'network', 'maker,picture': 'picture', 'maker,wire': 'wire' };
const modulesFor = (compatible: string[]): string[] => compatible.flatMap((one) => drivers[one] ?? []);
const faults = (choice: Partial<{ first: string[]; installed: string[]; leftOut: string[]; disk: string }>): string[] =>
  amiss(new DescribedParts(board), modulesFor, { first: ['disk', 'supply', 'pins'], installed: ['disk', 'supply', 'pins', 'network'], leftOut: [], disk: '/soc/disk@2', ...choice });

test('a description is read and written without a change', () => {
  assert.ok(board.equals(writeTree(readTree(board))));
  assert.equal(textsOf(nodeAt(readTree(board).root, '/soc/disk@2').properties.get('compatible')), ['maker,disk-5', 'maker,disk']);
  assert.is(nodeAt(readTree(board).root, '/soc/none/at-all'), undefined);
  assert.throws(() => readTree(Buffer.alloc(100)), /no description/);
});

test('parts and properties are added; a handle of another part, and a part on nothing, are refused', () => {
  const { root } = readTree(described(board, { '/soc/pins@1/group': { phandle: 0x100 }, '/soc/network@3': { 'pinctrl-0': 0x100 }, '/soc/network@3/clock@51': { compatible: 'x,clock', reg: 0x51 } }, 'board.dtb'));
  assert.ok(nodeAt(root, '/soc/network@3').properties.get('pinctrl-0').equals(words(0x100)));
  assert.ok(nodeAt(root, '/soc/network@3').properties.get('status').equals(text('okay')));
  assert.equal([...nodeAt(root, '/soc/network@3/clock@51').properties], [['compatible', text('x,clock')], ['reg', words(0x51)]]);
  assert.throws(() => described(board, { '/soc/network@3': { phandle: 8 } }, 'board.dtb'), /board\.dtb: the handle 8 is supply's already/);
  assert.throws(() => described(board, { '/soc/none@9/clock': {} }, 'board.dtb'), /board\.dtb: there is no node above \/soc\/none@9\/clock/);
  assert.throws(() => described(board, { '/soc/pins@1/other': { phandle: 0x100 } }, 'board.dtb'), /board\.dtb: there is no node \/soc\/pins@1\/other/);
});

test('what a disk waits for is found through its supplies and their pins, and numbers behind a name are no names', () => {
  const found: string[] = new DescribedParts(board).withSuppliers('/soc/disk@2');
  assert.equal(found.filter((place) => place !== '').sort(), ['/clock', '/soc', '/soc/disk@2', '/soc/pins@1', '/supply']);
  const network: string[] = new DescribedParts(described(board, { '/soc/network@3': { gpios: 7 } }, '')).withSuppliers('/soc/network@3');
  assert.equal(network.filter((place) => place !== '').sort(), ['/soc', '/soc/network@3', '/soc/pins@1']);
  assert.throws(() => new DescribedParts(board).withSuppliers('/soc/disk@9'), /no \/soc\/disk@9/);
});

test('an image with all drivers has no fault; what is switched off, and all on it, needs none', () => {
  assert.equal(faults({}), []);
  assert.equal(faults({ installed: ['disk', 'supply', 'pins'], leftOut: ['network'] }), []);
});

test('a driver that stayed behind, one that comes too late for the disk, and one left out in vain are told', () => {
  assert.match(faults({ installed: ['disk', 'supply', 'pins'] }).join(), /^network, the driver of \/soc\/network@3, is not in the image/);
  assert.match(faults({ first: ['disk', 'pins'] }).join(), /^supply, the driver of \/supply, is not loaded by the first file system/);
  assert.match(faults({ leftOut: ['picture'] }).join(), /^picture is named to be left out/);
  assert.is(faults({ first: [], installed: [] }).length, 7);
});

test('a module is loaded after those it wishes for, which busybox would not look at', () => {
  const needs = 'net/genet.ko: net/phy.ko\nnet/mdio-bus.ko: net/of.ko net/phy.ko\nnet/of.ko:\nnet/phy.ko:\n';
  assert.is(withWishes(needs, '# comment\nsoftdep genet pre: mdio_bus crypto-none post: of\n'), 'net/genet.ko: net/phy.ko net/mdio-bus.ko net/of.ko\nnet/mdio-bus.ko: net/of.ko net/phy.ko\nnet/of.ko:\nnet/phy.ko:\n');
  assert.is(withWishes(needs, ''), needs);
});

test('rpi-cm4: supplies of the eMMC and the bus of the clock chip are there before the root, USB and network with it', () => {
  const modules = (names: string[]): string[] => names.map(moduleName);
  for (const name of ['bcm2835_wdt', 'fixed', 'gpio_regulator', 'sdhci_iproc', 'i2c_bcm2835', 'cpufreq_dt']) assert.ok(modules(cm4.firstModules).includes(name), name);
  assert.is(moduleName(cm4.firstModules[0]), 'bcm2835_wdt');
  for (const name of ['genet', 'mdio_bcm_unimac', 'dwc2', 'phy_generic']) assert.ok(modules(cm4.modules).includes(name), name);
  const place = cm4.bootFiles.findIndex((file: { place: string }) => file.place === cm4.description.place);
  assert.is(cm4.bootFiles[place].additions['/soc/i2c@7e205000/rtc@51'].compatible, 'nxp,pcf85063a');
  assert.match(cm4.bootFiles[0].text, `device_tree=${cm4.description.place}\n`);
  assert.match(readFileSync('board/common/image/initramfs/init', 'utf8'), 'bcm2835_wdt');
});

test.run();
