import * as v from 'valibot';
import { text, textOrNull, wholeNumberOrNull } from './schema-kinds.ts';
import * as form from './text-forms.ts';

/** Section `network`: of this unit alone, never of a site. Two units with one address would be worse than any setting. */
export const network = v.strictObject({
  card: textOrNull({ is: form.interfaceName, about: 'Network card, like eth0; without it the first wired one.' }),
  vlan: wholeNumberOrNull({ unit: 'VLAN', min: 1, max: 4094, about: 'VLAN on that card; without it untagged.' }),
  address: textOrNull({ is: form.interfaceAddress, about: 'Address of the unit with its prefix length; without it by DHCP.' }),
  gateway: textOrNull({ is: form.address, about: 'Gateway to other networks, where the address is set here.' }),
  dns: v.optional(v.pipe(v.array(text({ is: form.address, about: 'A name server.' })), v.maxLength(3), v.description('Name servers; without them those that DHCP names.')), []),
  ntp: v.optional(v.pipe(v.array(text({ is: form.host, about: 'A time server.' })), v.maxLength(4), v.description('Time servers (NTP); without them those that DHCP names.')), []),
});
