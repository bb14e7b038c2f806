/** A real Redis for the tests of the shared state. */

/** @type {import("../setup/components.mjs").Component} */
export default {
  name: "redis",
  why: "the shared state of a fleet, in the e2e tests",
  groups: ["test"],
  packages: ["redis-server"],
  commands: ["redis-server"],
};
