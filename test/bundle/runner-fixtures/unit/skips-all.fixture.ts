import { skipTest } from '../../../support/skip.ts';

skipTest('needs a card', 'no card here');
