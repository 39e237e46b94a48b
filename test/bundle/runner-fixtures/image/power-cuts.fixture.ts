import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('loses nothing, unless it is told to', () => assert.is(process.env['RUNNER_FIXTURE_LOSES'], undefined));

test.run();
