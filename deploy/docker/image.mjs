/** What the image is started with; a test holds the Dockerfile to it. */

/** User and group of the image: nobody's, and the number that restricted clusters expect. */
export const imageUser = 65532;

/** Program and first arguments. V8 refuses code that was compiled under other flags, so the cache is filled with these. */
export const entrypoint = ["/bin/node", "--max-semi-space-size=4", "/app/outrider.mjs"];

/** Where the product looks for its code as V8 compiled it. */
export const compileCache = "/app/compile-cache";
