import { randomFaults } from '../../support/failover/random-faults.ts';

randomFaults({ first: 7501, seeds: 2500 });
