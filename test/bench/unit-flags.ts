/** As the service file of the board sets it. */
export const asByService = { MALLOC_ARENA_MAX: '1' };

/** As board/build/loader.cjs sets them for the unit. */
export const asByLoader = ['--semi-space-growth-factor=1', '--optimize-for-size', '--heap-growing-percent=10', '--no-parallel-scavenge'];
