// What the kernel's description of a board asks for, against the modules of its image: a part whose driver stayed behind is found here, and not on the board.
import { readTree, textsOf } from './device-tree.mjs';
import { ImageError } from './image-error.mjs';

/** Properties that name other parts, and the property of those that says how many words follow the name; none do where it is not told. */
const references = [
  [/^clocks$/, '#clock-cells'], [/^(?:.+-)?gpios?$/, '#gpio-cells'], [/^phys$/, '#phy-cells'], [/^power-domains$/, '#power-domain-cells'], [/^resets$/, '#reset-cells'], [/^mboxes$/, '#mbox-cells'],
  [/^(?:.+-supply|pinctrl-\d+|phy-handle|mmc-pwrseq|firmware)$/, undefined],
];

export class DescribedParts {
  #parts = new Map();
  #holders = new Map();

  /** @param bytes of the flattened device tree */
  constructor(bytes) {
    const walk = (node, place, above) => {
      this.#parts.set(place, { node, above });
      const handle = node.properties.get('phandle');
      if (handle !== undefined) this.#holders.set(handle.readUInt32BE(), place);
      for (const child of node.nodes) walk(child, `${place}/${child.name}`, place);
    };
    walk(readTree(bytes).root, '', undefined);
  }

  /** Places of all parts that are switched on, as is what they are on. */
  on() {
    const isOn = (place) => place === undefined || (['', 'okay', 'ok'].includes(textsOf(this.#parts.get(place).node.properties.get('status')).join('')) && isOn(this.#parts.get(place).above));
    return [...this.#parts.keys()].filter(isOn);
  }

  /** What drivers know the part by. */
  compatible(place) {
    return textsOf(this.#parts.get(place).node.properties.get('compatible'));
  }

  /** The part, what it is on, and what has to work before it does: its supplies, clocks, pins, switches, and theirs. Errors: ImageError when it is not described. */
  withSuppliers(place) {
    if (!this.#parts.has(place)) throw new ImageError(`the kernel's description of the board has no ${place}; look at what this version has and change board/BOARD/image.mjs`);
    const found = new Set();
    const visit = (at) => {
      if (at === undefined || found.has(at)) return;
      found.add(at);
      const { node, above } = this.#parts.get(at);
      for (const [name, value] of node.properties) this.#referred(name, value).forEach(visit);
      visit(above);
    };
    visit(place);
    return [...found];
  }

  #referred(name, value) {
    const [pattern, count] = references.find(([known]) => known.test(name)) ?? [];
    const places = [];
    for (let word = 0; pattern !== undefined && word + 4 <= value.length; word += 4) {
      const place = this.#holders.get(value.readUInt32BE(word));
      if (place === undefined) continue;
      places.push(place);
      word += 4 * (count === undefined ? 0 : this.#parts.get(place).node.properties.get(count)?.readUInt32BE() ?? 0);
    }
    return places;
  }
}

/**
 * Sentences about what is amiss; none is as it should be. Drivers that are built into the kernel need nobody's care.
 * @param parts DescribedParts
 * @param modulesFor gives the modules that are for a part of these words (`compatible`)
 * @param choice { first, installed, leftOut, disk }: modules of the first file system and of the image, with what they need; those that the board does without; the part that the root lies on
 */
export function amiss(parts, modulesFor, { first, installed, leftOut, disk }) {
  const needed = (places) => places.flatMap((place) => modulesFor(parts.compatible(place)).map((module) => ({ place, module })));
  const missing = needed(parts.on()).filter(({ module }) => !installed.includes(module) && !leftOut.includes(module));
  const late = needed(parts.withSuppliers(disk)).filter(({ module }) => !first.includes(module));
  const idle = leftOut.filter((module) => installed.includes(module) || !needed(parts.on()).some((one) => one.module === module));
  return [
    ...late.map(({ place, module }) => `${module}, the driver of ${place}, is not loaded by the first file system, and the disk needs it: firstModules`),
    ...missing.map(({ place, module }) => `${module}, the driver of ${place}, is not in the image: modules, or leftOut`),
    ...idle.map((module) => `${module} is named to be left out, and is in the image or no part's driver: leftOut`),
  ];
}
