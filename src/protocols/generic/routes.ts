import type { UnlistedRoutes } from "../../routing/server-routes.ts";

/** The paths of the server are not known. */
export const genericRoutes: UnlistedRoutes = { kind: "unlisted" };
