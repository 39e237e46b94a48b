/**
 * Takes SIGHUP from now on: Node's default ends the process, and a service manager takes that for a clean end. What comes before
 * somebody follows is remembered as one. Returns how to follow; who follows last is told.
 */
export function rememberHangUps(): (told: () => void) => void {
  let follower: (() => void) | null = null;
  let remembered = false;
  process.on('SIGHUP', () => {
    if (follower === null) remembered = true;
    else follower();
  });
  return (told) => {
    follower = told;
    if (remembered) told();
    remembered = false;
  };
}
