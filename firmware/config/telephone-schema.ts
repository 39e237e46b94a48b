import * as v from 'valibot';
import { choice } from './schema-kinds.ts';
import { firstLogIns, menuModes } from './telephone-settings.ts';

export const telephone = v.strictObject({
  mode: v.optional(choice(menuModes, { about: 'Telephone menu of mailbox owners: ip-office is that of VoiceMail Pro in IP Office mode, intuity that of Intuity AUDIX.' }), 'ip-office'),
  firstLogIn: v.optional(
    choice(firstLogIns, { about: 'What is asked of owners before their menu, until they have done it: nothing, to record their name, or also to set a PIN in place of one that an administrator gave.' }),
    'menu',
  ),
});

/** Keys of a mailbox. */
export const mailboxTelephone = {
  mode: v.optional(v.pipe(v.nullable(choice(menuModes, { about: 'Telephone menu.' })), v.description("Telephone menu of this mailbox's owner; without it the unit's.")), null),
};
