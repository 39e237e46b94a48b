import type { ForwardFrame } from '../ip-office/forward.ts';
import type { GreetingFrame } from '../ip-office/greeting-menu.ts';
import type { ListenFrame } from '../ip-office/listening.ts';
import type { MainFrame } from '../ip-office/main-menu.ts';
import type { WhichGreetingFrame } from '../ip-office/which-greeting.ts';
import type { ActivityFrame } from '../intuity/activity-menu.ts';
import type { ComposeFrame } from '../intuity/compose.ts';
import type { GreetingsFrame } from '../intuity/greetings.ts';
import type { HearFrame } from '../intuity/hearing.ts';
import type { ListsFrame } from '../intuity/lists.ts';
import type { OptionsFrame } from '../intuity/options.ts';
import type { RespondFrame } from '../intuity/respond.ts';
import type { ScanFrame } from '../intuity/scan.ts';
import type { DirectoryFrame, PausingFrame, TransferOutFrame } from '../intuity/small-frames.ts';
import type { AddressFrame } from './address.ts';
import type { ChoreFrame } from './chore.ts';
import type { DeliverFrame } from './deliver.ts';
import type { FirstLogInFrame } from './first-log-in.ts';
import type { KeyingFrame } from './keying.ts';
import type { NamingFrame } from './naming.ts';
import type { NewPinFrame } from './new-pin.ts';
import type { OutcallingFrame } from './outcalling.ts';
import type { RecordingFrame } from './recording.ts';
import type { SpellFrame } from './spell.ts';
import type { AskingFrame, StoringFrame } from './storing.ts';
import type { TransferFrame } from './transfer.ts';
import type { UndeleteFrame } from './undelete.ts';

/** What an owner may be in. All of it is JSON, so that another unit can go on. */
export type Frame = CommonFrame | IpOfficeFrame | IntuityFrame;

type CommonFrame =
  | AddressFrame | AskingFrame | ChoreFrame | DeliverFrame | FirstLogInFrame | KeyingFrame | NamingFrame | NewPinFrame
  | OutcallingFrame | RecordingFrame | SpellFrame | StoringFrame | TransferFrame | UndeleteFrame;
type IpOfficeFrame = ForwardFrame | GreetingFrame | ListenFrame | MainFrame | WhichGreetingFrame;
type IntuityFrame = ActivityFrame | ComposeFrame | DirectoryFrame | GreetingsFrame | HearFrame | ListsFrame | OptionsFrame | PausingFrame | RespondFrame | ScanFrame | TransferOutFrame;
