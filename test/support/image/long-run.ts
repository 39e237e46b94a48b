// Tests of the image that take longer than both suites may: they run by themselves.
/** Why such a test is left out; undefined = it was asked for. */
export const longRun = process.env['UNDERSTUDY_TEST_LONG'] === '1' ? undefined : 'takes longer than the suite may: UNDERSTUDY_TEST_LONG=1 node test/run.mjs --image --limit 1500 test/image/updates test/image/power-cuts';
