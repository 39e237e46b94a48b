import type { LineKind } from '../hal/line.ts';
import type { BoardPin } from '../firmware/signals/pin-uses.ts';

/** A port for one analog line, under the name that configurations use. */
export interface BoardLine {
  readonly name: string;
  readonly kind: LineKind;
  readonly driver: string;
  /** What the driver knows it by. */
  readonly place: string;
}

/** What a board is: data only. Everything that differs between models and is not a driver's code stands here. */
export interface Board {
  readonly model: string;
  /** One line for people. */
  readonly description: string;
  /** Most voicemail ports that its processor and memory are trusted with. */
  readonly maxPorts: number;
  /** What the process may hold; from 95 % of it on new calls get 503, beyond it the unit starts itself anew when it is idle. 40 calls at a time hold 55 MiB, 250 some 75. */
  readonly memoryBudgetMiB: number;
  /** Whether a unit that is past help may restart the machine: not where other programs live on it. */
  readonly reboots: boolean;
  /** What replaces its whole firmware, in two slots: 'rauc'. Left out: the unit is a program among others, and its machine is looked after in another way. */
  readonly firmware?: 'rauc';
  /** The longest that its watchdog device waits; null = as long as is asked. */
  readonly watchdogMostSec: number | null;
  readonly drivers: {
    /** Each of 'systemd', 'systemd-if-there', 'device', 'none'; several are fed together. A pin is named in `pins`. */
    readonly watchdogs: readonly string[];
    /** What drives the pins: 'cdev', 'sim'. */
    readonly gpio: string;
    /** 'best' (epoll where it proves itself, else dgram) or 'dgram'. */
    readonly datagramBatch: string;
    /** Line drivers that a configuration may name by itself, as DRIVER:PLACE. */
    readonly lines: readonly string[];
  };
  /** The serial line of the technician's console; null = only what the command line names. */
  readonly console: { readonly device: string; readonly baud: number } | null;
  /** The whole machine is the unit: the first who comes to its console must choose a password, and it keeps its log itself. */
  readonly appliance?: true;
  /** Ports for analog lines that this board has; none = lines are what somebody plugs in. */
  readonly lines: readonly BoardLine[];
  /** Chip, line and polarity of each pin that this board wires; none = a machine without lamps and buttons. */
  readonly pins: readonly BoardPin[];
  /** Where messages and state live unless --data says otherwise. */
  readonly dataFolder: string;
  /** The configuration file unless --config says otherwise. */
  readonly configFile: string;
  /** Whether mailboxes without a PIN get one at start, printed once on the terminal: for trying things out, not for an office. */
  readonly announcesPins: boolean;
}
