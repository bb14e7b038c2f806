/** uv makes the Python environments of the real model servers in seconds where pip takes minutes. */

/** @type {import("../setup/components.mjs").Component} */
export default {
  name: "python-uv",
  why: "makes the Python environments of the real model servers",
  groups: ["test", "bench", "demo:mlflow"],
  isPresent: async (context) => (await context.findUv()) !== undefined,
  install: (context) => context.uv(),
};
