/** The two telephone menus of mailbox owners: VoiceMail Pro's, and Intuity's. */
export const menuModes = ['ip-office', 'intuity'] as const;
export type MenuMode = (typeof menuModes)[number];

/** What an owner does before the menu, who has never done it: nothing, record a name, or that and set a PIN of their own. */
export const firstLogIns = ['menu', 'name', 'name-and-pin'] as const;
export type FirstLogIn = (typeof firstLogIns)[number];

export interface TelephoneSettings {
  /** Of mailboxes that name none. */
  readonly mode: MenuMode;
  readonly firstLogIn: FirstLogIn;
}

/** Of one mailbox; null = the unit's. */
export interface MailboxTelephoneSettings {
  readonly mode: MenuMode | null;
}
