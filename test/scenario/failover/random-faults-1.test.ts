import { randomFaults } from '../../support/failover/random-faults.ts';

randomFaults({ first: 1, seeds: 2500 });
