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
    "On the address of `admin.listen`, never through the data port. What is open to **anyone** tells nothing about requests; what acts or shows data is for calls from loopback that no web page made, or with `Authorization: Bearer` and the token in `admin.token_file`.",
    "",
    markdownTable(
      ["Method", "Path", "For", "What it does", "Status"],
      routes.map((route) => [
        route.method,
        code(route.path),
        accessTexts[route.access],
        route.meaning,
        route.statuses.join(", "),
      ]),
    ),
    "",
    "HEAD is answered wherever GET is.",
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
