/** Debian tools of the benches: the proxies to compare with and the load generator. */

/** @type {import("../setup/components.mjs").Component} */
export default {
  name: "bench-tools",
  why: "nginx and haproxy to compare with, wrk for the load",
  groups: ["bench"],
  packages: ["nginx-light", "haproxy", "wrk"],
  commands: ["nginx", "haproxy", "wrk"],
};
