/** What an action of VoiceMail Pro does that does not work, or works otherwise, on SIP. By its name; the page of the action says it. */
export const sipNotes: Readonly<Record<string, string>> = {
  Generic: 'Commands that VoiceMail Pro sends to its own PBX (park slots, lamps of consoles) have no words in SIP and are refused by `flow check`.',
  'Get Mail': 'The unit cannot light a display menu (Visual Voice): the menu is spoken.',
  'Leave Mail': 'The reason of the call comes with the cause of the Request-URI (RFC 4458), History-Info or Diversion; a PBX that sends none of them gives the greeting for no reason.',
  Transfer: "By REFER, or by a second call of the unit where the PBX refuses that or `transfers.method` is bridge; the unit then stays between the two, on two ports. Whether the number is busy or does not answer is known as far as the PBX reports it (NOTIFY); a call that it sends back later is a new call.",
  'Assisted Transfer': 'The unit calls the number on a second port. Who answers gets the caller by REFER with Replaces; where the PBX has none, the unit stays between the two, and the flow goes on when they have hung up.',
  Whisper: 'The target hears the recording on a call of the unit, on a second port. Who takes it gets the caller by REFER with Replaces; where the PBX has none, the unit stays between the two, on two ports.',
  'Park & Page': 'The unit holds the parked caller itself, on a port; park slots of the PBX are not used. Who takes the call dials `transfers.parkPrefix` and the slot, through the PBX.',
  'Queue ETA': 'A PBX must say it in a header of the call (the configuration says in which); queues of the unit know it themselves.',
  'Queue Position': 'A PBX must say it in a header of the call (the configuration says in which); queues of the unit know it themselves.',
  'Post Dial': 'Digits go as RFC 4733 events, or as tones where the peer takes none and on an analog line; into a call that the PBX holds alone the unit cannot dial.',
  'Open Door': 'The door relay of this board, not those of the PBX; a door of the PBX is opened by a Transfer to its short code, which `transfers.allow` must let through.',
  'Select Prompt Language': 'A locale of the PBX does not come with SIP calls: a flow chooses, or the mailbox has its language.',
  Campaign: 'There is no parked call that shows work waiting, and no web page: whoever reviews calls a flow.',
};
