/** Debian tools of the tests: promtool judges the metrics page. */

/** @type {import("../setup/components.mjs").Component} */
export default {
  name: "test-tools",
  why: "promtool, which judges the metrics page",
  groups: ["test"],
  packages: ["prometheus"],
  commands: ["promtool"],
};
