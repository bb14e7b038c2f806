import packageJson from "../../../package.json" with { type: "json" };

/** The version of Outrider, as in package.json; the build puts it into the bundle. */
export const productVersion: string = packageJson.version;
