/** What the image is started with; a test holds the Dockerfile to it. */

/** User and group of the image: not root, and the number that restricted clusters expect. */
export const imageUser = 65532;

/** Node's flags for the product; docs/decisions/memory-of-v8.md explains them. scripts/build.ts sets the same ones. */
export const nodeFlags = ["--max-semi-space-size=4", "--no-maglev"];

/** Program and first arguments. V8 refuses code that was compiled under other flags, so the cache is filled with these. */
export const entrypoint = ["/bin/node", ...nodeFlags, "/app/outrider.mjs"];

/** Where the product looks for its code as V8 compiled it. */
export const compileCache = "/app/compile-cache";
