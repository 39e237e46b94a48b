import { regularLanguage } from '../common-rules.ts';
import { catalogue } from './catalogue.ts';
import { clock, dateTime, number } from './rules.ts';

export const english = regularLanguage({ code: 'en', name: 'English', catalogue, number, dateTime, clock });
