import type { SampleChoices } from '../../firmware/config/sample.ts';

/**
 * What an appliance comes with: the PBX of the network it is plugged into, whichever it is, may call, and so may no other network; callers of
 * 100 leave a message, and its owner collects with *17 once a technician has given a PIN (`mailbox 100 pin reset`). There is no default password.
 */
export const applianceSample: SampleChoices = {
  ports: 8,
  peers: [{ name: 'lan', addresses: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7', 'fe80::/10'] }],
  mailboxes: [{ number: '100', name: 'Reception' }],
};
