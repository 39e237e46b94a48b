import type { ActionKind } from '../action.ts';
import { editPlayList } from './edit-play-list.ts';
import { playConfigurationMenu } from './play-configuration-menu.ts';
import { recordName } from './record-name.ts';
import { selectPromptLanguage } from './select-prompt-language.ts';
import { speakText } from './speak-text.ts';

export const configurationActions: readonly ActionKind[] = [speakText, editPlayList, recordName, playConfigurationMenu, selectPromptLanguage];
