import type { MenuMode } from '../../config/telephone-settings.ts';
import { forward } from '../ip-office/forward.ts';
import { greetingMenu } from '../ip-office/greeting-menu.ts';
import { listening } from '../ip-office/listen.ts';
import { firstListen, listenTo } from '../ip-office/listening.ts';
import { mainFrame, mainMenu } from '../ip-office/main-menu.ts';
import { whichGreeting } from '../ip-office/which-greeting.ts';
import { activityFrame, activityMenu, firstActivity } from '../intuity/activity-menu.ts';
import { compose } from '../intuity/compose.ts';
import { greetings } from '../intuity/greetings.ts';
import { hear } from '../intuity/hear.ts';
import { hearFrame } from '../intuity/hearing.ts';
import { lists } from '../intuity/lists.ts';
import { options } from '../intuity/options.ts';
import { respond } from '../intuity/respond.ts';
import { scan } from '../intuity/scan.ts';
import { directory, pausing, transferOut } from '../intuity/small-frames.ts';
import { address } from './address.ts';
import { chores } from './chore.ts';
import { deliver } from './deliver.ts';
import { firstLogIn } from './first-log-in.ts';
import type { Frame } from './frames.ts';
import { keying } from './keying.ts';
import { naming } from './naming.ts';
import { newPin } from './new-pin.ts';
import { outcalling } from './outcalling.ts';
import { recording } from './recording.ts';
import { spell } from './spell.ts';
import { asking, storing } from './storing.ts';
import { transfer } from './transfer.ts';
import type { Machine } from './turn.ts';
import { undelete } from './undelete.ts';

/** Who knows each kind of frame; the compiler names one that is missing. */
const machines: { readonly [Name in Frame['name']]: Machine<Extract<Frame, { name: Name }>> } = {
  activity: activityMenu,
  address,
  asking,
  chore: chores,
  compose,
  deliver,
  directory,
  'first-log-in': firstLogIn,
  forward,
  greeting: greetingMenu,
  greetings,
  hear,
  keying,
  listen: listening,
  lists,
  main: mainMenu,
  naming,
  'new-pin': newPin,
  options,
  outcalling,
  pausing,
  recording,
  respond,
  scan,
  spell,
  storing,
  transfer,
  'transfer-out': transferOut,
  undelete,
  'which-greeting': whichGreeting,
};

// A frame's name says which machine it is for, and the type checker cannot follow that.
export const machineOf = (frame: Frame): Machine<Frame> => machines[frame.name] as unknown as Machine<Frame>;

interface ModeFrames {
  /** Right after the log-in. */
  readonly first: Frame;
  readonly main: Frame;
  /** Where an owner goes on who was hearing messages at another unit. */
  messages(frame: Frame): Frame;
}

export const modeFrames: Readonly<Record<MenuMode, ModeFrames>> = {
  'ip-office': { first: firstListen, main: mainFrame, messages: (frame) => listenTo(frame.name === 'listen' ? frame.category : 'new') },
  intuity: { first: firstActivity, main: activityFrame, messages: (frame) => hearFrame(frame.name === 'hear' ? frame.scan : null) },
};
