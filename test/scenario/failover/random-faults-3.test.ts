import { randomFaults } from '../../support/failover/random-faults.ts';

randomFaults({ first: 5001, seeds: 2500 });
