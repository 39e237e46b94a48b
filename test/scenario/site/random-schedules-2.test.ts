import { test } from 'uvu';
import { converge } from '../../support/site/random-schedules.ts';

// In two files, so that each ends in time on a slow machine.
test('500 random schedules of two units: site states converge', () => converge(501, 500));

test.run();
