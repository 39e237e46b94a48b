import type { Databases } from '../../hal/database.ts';
import type { HttpClient } from '../../hal/http.ts';
import type { Speech } from '../../hal/speech.ts';
import type { ReadyFlow } from '../callflow/document/parse-flow.ts';
import type { Settings } from '../config/settings.ts';
import type { ShelfParts } from './audio-shelf.ts';
import { CallRecordings } from './call-recordings.ts';
import { CampaignStore } from './campaign-store.ts';
import type { ConditionLibrary, ConditionMoment } from './condition-library.ts';
import { conditionHolds, conditionKind } from './condition-library.ts';
import { DatabaseDesk } from './database-desk.ts';
import { PromptStore } from './prompt-store.ts';
import { SpeechDesk } from './speech-desk.ts';
import { DocumentLibrary } from './document-library.ts';
import type { FlowLibrary } from './flow-library.ts';
import { flowKind } from './flow-library.ts';
import type { FlowStarts } from './flow-starts.ts';
import { flowStarts, noStarts } from './flow-starts.ts';
import { makeFolder } from './make-folder.ts';
import { RemoteFlows } from './remote-flows.ts';
import { together } from '../unit/together.ts';
import { UserVariables } from './user-variables.ts';

/** Where everything of flows lies. */
export const flowsFolder = 'flows';
/** Recorded prompts of the site. */
export const promptsFolder = `${flowsFolder}/prompts`;

export interface FlowDeskParts extends ShelfParts {
  readonly databases: Databases;
  readonly http: HttpClient;
  readonly speech: Speech;
  readonly settings: () => Settings;
}

/** What the unit keeps for its call flows. Opened once, before the first call. */
export class FlowDesk {
  readonly #parts: FlowDeskParts;
  readonly databases: DatabaseDesk;
  readonly speech: SpeechDesk;
  #variables: UserVariables | null = null;
  #prompts: PromptStore | null = null;
  #recordings: CallRecordings | null = null;
  #campaigns: CampaignStore | null = null;
  #library: FlowLibrary | null = null;
  #conditions: ConditionLibrary | null = null;
  #remote: RemoteFlows | null = null;
  /** Made anew when the library is another. */
  #starts: { readonly of: ReturnType<FlowLibrary['all']>; readonly starts: FlowStarts } | null = null;

  constructor(parts: FlowDeskParts) {
    this.#parts = parts;
    this.databases = new DatabaseDesk({ ...parts, settings: () => parts.settings().flows.databases });
    this.speech = new SpeechDesk(parts);
  }

  /** Errors: HalError read-only, io. */
  async open(): Promise<void> {
    const { storage, log } = this.#parts;
    await makeFolder(storage, flowsFolder);
    // Each has a folder or files of its own; one after another they are a quarter of the unit's start.
    [this.#variables, this.#library, this.#conditions, this.#remote, this.#prompts, this.#recordings, this.#campaigns] = await together([
      UserVariables.open(storage, `${flowsFolder}/variables`, log),
      DocumentLibrary.open(storage, flowsFolder, flowKind, log),
      DocumentLibrary.open(storage, flowsFolder, conditionKind, log),
      RemoteFlows.open({ ...this.#parts, settings: () => this.#parts.settings().flows.remote }, flowsFolder),
      PromptStore.open(this.#parts, promptsFolder),
      CallRecordings.open(this.#parts, `${flowsFolder}/recordings`),
      CampaignStore.open(this.#parts, `${flowsFolder}/campaigns`),
    ]);
  }

  /** Nothing is asked of it after this. */
  stop(): void {
    this.#parts.databases.rest();
    this.speech.stop();
  }

  get prompts(): PromptStore {
    return opened(this.#prompts);
  }

  /** Of calls that are going on. */
  get recordings(): CallRecordings {
    return opened(this.#recordings);
  }

  get campaigns(): CampaignStore {
    return opened(this.#campaigns);
  }

  get library(): FlowLibrary {
    return opened(this.#library);
  }

  get conditions(): ConditionLibrary {
    return opened(this.#conditions);
  }

  /** Those that another system holds. */
  get remote(): RemoteFlows {
    return opened(this.#remote);
  }

  /** Whether the named condition holds now, for a call with these variables. */
  conditionHolds(name: string, variables: ConditionMoment['variables']): boolean {
    const { clock, settings } = this.#parts;
    return conditionHolds(this.conditions, name, { nowMs: clock.wall(), timeZone: settings().unit.timeZone, variables, userVariable: (shared) => this.variables.get(shared) });
  }

  /** A flow by its name, as all of them are at this moment; one that is fetched later, by the name that it got then. */
  snapshot(): (name: string) => ReadyFlow | null {
    const flows = this.library.all();
    return (name) => flows.get(name)?.value ?? this.remote.flow(name);
  }

  /** Before the unit has started there are none. */
  get starts(): FlowStarts {
    const flows = this.#library?.all();
    if (flows === undefined) return noStarts;
    if (this.#starts?.of !== flows) this.#starts = { of: flows, starts: flowStarts([...flows.values()].flatMap(({ value }) => value ?? [])) };
    return this.#starts.starts;
  }

  get variables(): UserVariables {
    return opened(this.#variables);
  }
}

/** Nobody asks before the unit has started. */
function opened<T>(part: T | null): T {
  if (part === null) throw new Error('the flows have not been opened');
  return part;
}
