// The bill of materials: SPDX 2.3 as JSON. Everything foreign in the image, with version, origin and checksum.
import { steadyUuid } from './identity.mjs';
import { suite } from './recipe.mjs';

const NOT_SAID = 'NOASSERTION';

/** @param parts { board, info, epoch, node, debian: lock entries that are used, npm: [{ name, version, licence, integrity }], slotSha256 } */
export function bill({ board, info, epoch, node, debian, npm, slotSha256 }) {
  const product = {
    ...entry('understudy', `Understudy ${board}`, info.version, 'Apache-2.0'), primaryPackagePurpose: 'FIRMWARE', checksums: [{ algorithm: 'SHA256', checksumValue: slotSha256 }],
    comment: `commit ${info.commit}; the checksum is that of a slot's file system`,
  };
  const parts = [
    { ...entry('node', 'Node.js', node.version, NOT_SAID), ...fromNpm(node), comment: 'its symbols taken out; V8, OpenSSL, libuv, ICU and others are inside, see licences.txt' },
    ...npm.map((one) => ({ ...entry(`npm-${one.name}`, one.name, one.version, one.licence), ...fromNpm(one) })),
    ...debian.map((one) => ({ ...entry(`debian-${one.name}`, one.name, one.version, NOT_SAID), ...fromDebian(one) })),
  ];
  return {
    spdxVersion: 'SPDX-2.3', dataLicense: 'CC0-1.0', SPDXID: 'SPDXRef-DOCUMENT', name: `understudy-${board}-${info.version}`,
    documentNamespace: `urn:uuid:${steadyUuid(board, info.version, info.commit, 'bill of materials')}`,
    creationInfo: { created: new Date(epoch * 1000).toISOString().replace('.000', ''), creators: ['Tool: understudy-image'] },
    documentDescribes: [product.SPDXID],
    packages: [product, ...parts],
    relationships: parts.map(({ SPDXID }) => ({ spdxElementId: product.SPDXID, relationshipType: 'CONTAINS', relatedSpdxElement: SPDXID })),
  };
}

const entry = (id, name, version, licence) => ({
  SPDXID: `SPDXRef-${id.replaceAll(/[^A-Za-z0-9.-]/g, '-')}`, name, versionInfo: version, downloadLocation: NOT_SAID, filesAnalyzed: false,
  licenseConcluded: NOT_SAID, licenseDeclared: licence, copyrightText: NOT_SAID,
});

/** npm tells SHA-512 in base64. */
function fromNpm({ name, version, integrity }) {
  const checksums = integrity?.startsWith('sha512-') ? [{ algorithm: 'SHA512', checksumValue: Buffer.from(integrity.slice(7), 'base64').toString('hex') }] : [];
  return { checksums, externalRefs: [purl(`pkg:npm/${name.replace('@', '%40')}@${version}`)] };
}

const fromDebian = ({ name, version, architecture, source, sha256 }) => ({
  checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }], sourceInfo: `built from the Debian source package ${source}`,
  externalRefs: [purl(`pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}&distro=${suite}`)],
});

const purl = (locator) => ({ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: locator });
