import { allowsNull, withoutNull } from './json-schema.ts';
import type { SchemaNode } from './json-schema.ts';

/** Completes "must be ...": what the schema allows at a place, in words. */
export function expectation(node: SchemaNode): string {
  const allowed = withoutNull(node);
  return allowsNull(node) ? `${positive(allowed)}, or null` : positive(allowed);
}

function positive(node: SchemaNode): string {
  if (node.enum !== undefined) return `one of ${node.enum.join(', ')}`;
  switch (node.type) {
    case 'integer':
      return numberWords(node);
    case 'boolean':
      return 'true or false';
    case 'object':
      return `a group of keys: ${Object.keys(node.properties ?? {}).join(', ')}`;
    case 'array':
      return listWords(node);
    default:
      return node.form ?? 'text';
  }
}

function numberWords(node: SchemaNode): string {
  const kind = node.multipleOf === 2 ? 'an even number' : 'a whole number';
  return `${kind} from ${node.minimum} to ${node.maximum}${unitWords(node.unit)}`;
}

function listWords(node: SchemaNode): string {
  const items = node.items?.enum === undefined ? '' : ` of ${node.items.enum.join(', ')}`;
  const least = node.minItems === undefined ? 'at most' : `${node.minItems} to`;
  return `a list${items} with ${least} ${node.maxItems} items`;
}

const unitNames: Readonly<Record<string, string>> = { s: 'seconds', min: 'minutes', h: 'hours', dBm0: 'dBm0', MiB: 'MiB' };

/** ' (seconds)'; nothing where the key already says what is counted. */
function unitWords(unit: string | undefined): string {
  const name = unitNames[unit ?? ''];
  return name === undefined ? '' : ` (${name})`;
}
