import { adminErrors, type AdminError } from "../../src/admin/admin-errors.ts";
import { adminRoutes, type AdminRoute, type RouteAccess } from "../../src/admin/routes.ts";
import { code, markdownTable, pageHead, type Page } from "./page.ts";

/** docs/reference/admin-api.md. */
export const adminApiPage: Page = { file: "admin-api.md", render };

const accessTexts: Readonly<Record<RouteAccess, string>> = {
  open: "anyone",
  local: "loopback or token",
  token: "token",
};

function render(): string {
  const routes = Object.values<AdminRoute>(adminRoutes);
  const errors = Object.entries<AdminError>(adminErrors);
  return [
    pageHead("Admin API", "src/admin/routes.ts and src/admin/admin-errors.ts"),
    "The admin API listens on `admin.listen`, never on the data port. **Anyone** who can reach the port may call a route that shows nothing about requests. Every other route needs a call from loopback that does not come from a web page, or `Authorization: Bearer` with the token in `admin.token_file`.",
    "",
    markdownTable(
      ["Method", "Path", "Access", "What it does", "Status"],
      routes.map((route) => [
        route.method,
        code(route.path),
        accessTexts[route.access],
        route.meaning,
        route.statuses.join(", "),
      ]),
    ),
    "",
    "Every GET route also answers HEAD.",
    "",
    "## Errors",
    "",
    markdownTable(
      ["Code", "Status", "Message", "Remedy"],
      errors.map(([name, error]) => [code(name), String(error.status), error.message, error.remedy]),
    ),
    "",
  ].join("\n");
}
