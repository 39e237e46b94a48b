// esbuild plugin: where each thread's program begins.

/**
 * What the entry point of a file is called. By way of it each module's first run becomes a function of its own. As one function, all of them
 * are so long that V8 makes machine code of it, and from then on does so at each start, of code that runs once.
 */
export const startOf = (file) => `understudy:start/${file}`;

const pattern = /^understudy:start\//;

export function startPlugin(root) {
  return {
    name: 'start',
    setup(build) {
      build.onResolve({ filter: pattern }, ({ path: name }) => ({ path: name.replace(pattern, ''), namespace: 'start' }));
      build.onLoad({ filter: /.*/, namespace: 'start' }, ({ path: file }) => ({ contents: `require(${JSON.stringify(`./${file}`)});\n`, resolveDir: root }));
    },
  };
}
