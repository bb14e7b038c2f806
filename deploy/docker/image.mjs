/** What the image is started with; a test holds the Dockerfile to it. */

/** User and group of the image: nobody's, and the number that restricted clusters expect. */
export const imageUser = 65532;

/** Program and first arguments. V8 refuses code that was compiled under other flags, so the cache is filled with these. */
export const entrypoint = ["/bin/node", "/app/outrider.mjs"];

/** Where V8's compiled form of the product lies in the image. */
export const compileCache = "/app/compile-cache";
