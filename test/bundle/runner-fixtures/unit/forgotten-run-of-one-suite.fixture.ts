import { suite } from 'uvu';

const forgotten = suite('forgotten');
forgotten('never run', () => {});

const other = suite('other');
other('runs', () => {});
other.run();
