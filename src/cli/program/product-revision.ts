/** Put in place by the build; there is nothing of the name when the source runs as it is. */
declare const builtRevision: string | undefined;

/** The commit that the product was built from, abbreviated; empty when it was not built from a repository. */
export const productRevision: string = typeof builtRevision === "undefined" ? "" : builtRevision;
