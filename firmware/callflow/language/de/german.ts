import { regularLanguage } from '../common-rules.ts';
import { catalogue } from './catalogue.ts';
import { clock, dateTime, number } from './rules.ts';

export const german = regularLanguage({ code: 'de', name: 'Deutsch', catalogue, number, dateTime, clock });
