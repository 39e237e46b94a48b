import { randomFaults } from '../../support/failover/random-faults.ts';

randomFaults({ first: 2501, seeds: 2500 });
