/**
 * A real Triton, without a GPU: the binary that ships inside nvidia-pytriton, with its Python backend. The backend's
 * stub is linked against one minor version of Python's library, which therefore must be there.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { builtFolderPath, makeBuiltFolder } from "../setup/built-folder.mjs";
import { rootDir } from "../setup/command.mjs";

const name = "triton";
// Outputs of the Python backend break with numpy 2; numpy 1.26 exists for Python 3.9 to 3.12.
const requirements = ["--no-deps", "nvidia-pytriton==0.7.0", "numpy==1.26.4"];
const pythonMinors = new Set(["3.9", "3.10", "3.11", "3.12"]);
const sources = path.join(rootDir, "test", "e2e", "models", "triton");
const plan = { name, sources, tools: requirements };

/** @type {import("../setup/components.mjs").Component} */
export default {
  name,
  why: "one of the real model servers of the e2e tests",
  groups: ["test"],
  isPresent: (context) => find(context) !== undefined,
  install: async (context) => {
    const { version } = await describePython(context, "python3");
    if (!pythonMinors.has(version)) {
      throw new Error(`Triton's Python backend needs Python 3.9 to 3.12; python3 here is ${version}.`);
    }
    const venv = await context.uvVenv(name, requirements);
    const libraries = await pythonLibraryFolder(context, venv.python);
    await makeBuiltFolder(context, plan, async (draft) => {
      linkBackend(venv, path.join(draft, "backends", "python"), version);
      mkdirSync(path.join(draft, "libraries"));
      if (libraries) symlinkSync(libraries, path.join(draft, "libraries", "python"));
    });
  },
};

async function describePython(context, python) {
  const script = [
    "import json, sys, sysconfig",
    "version = '%d.%d' % sys.version_info[:2]",
    "print(json.dumps({'version': version, 'libraries': sysconfig.get_config_var('LIBDIR')}))",
  ];
  return JSON.parse(await context.run(python, ["-c", script.join("\n")]));
}

/** The folder of libpython when the dynamic linker does not find it by itself; installs Debian's when there is none. */
async function pythonLibraryFolder(context, python) {
  const { version, libraries } = await describePython(context, python);
  const file = `libpython${version}.so.1.0`;
  if (existsSync(path.join(libraries, file))) return libraries;
  const isKnown = async () => (await context.run("/sbin/ldconfig", ["-p"])).includes(file);
  if (await isKnown()) return undefined;
  await context.apt([`libpython${version}`]);
  if (await isKnown()) return undefined;
  throw new Error(`Triton's Python backend needs ${file}: install the package libpython${version}.`);
}

/** The stub looks for modules in its own folder and nowhere else that we could choose: numpy is linked there. */
function linkBackend(venv, folder, version) {
  const tritonserver = path.join(venv.sitePackages, "pytriton", "tritonserver");
  const backend = path.join(tritonserver, "backends", "python");
  mkdirSync(folder, { recursive: true });
  const link = (target) => symlinkSync(target, path.join(folder, path.basename(target)));
  for (const file of readdirSync(backend)) link(path.join(backend, file));
  link(path.join(tritonserver, "python_backend_stubs", version, "triton_python_backend_stub"));
  link(path.join(venv.sitePackages, "numpy"));
  link(path.join(venv.sitePackages, "numpy.libs"));
}

/**
 * What starts the server, or undefined when it is not installed. The models are sources: Python writes its caches
 * next to them, so copy them first.
 * @param {import("../setup/components.mjs").Context} context
 */
export function find(context) {
  const venv = context.findVenv(name, requirements);
  const built = builtFolderPath(context, plan);
  if (!venv || !existsSync(built)) return undefined;
  return {
    server: path.join(venv.sitePackages, "pytriton", "tritonserver", "bin", "tritonserver"),
    backends: path.join(built, "backends"),
    // To be first on PATH: the interpreter in the stub takes the modules of whichever python3 it finds there.
    pythonFolder: programFolderOf(venv),
    libraryFolders: [path.join(venv.sitePackages, "nvidia_pytriton.libs"), path.join(built, "libraries", "python")],
    models: sources,
  };
}

/** The folder of the python3 that the environment was made from. */
function programFolderOf(venv) {
  const settings = readFileSync(path.join(venv.dir, "pyvenv.cfg"), "utf8");
  return /^home\s*=\s*(.+)$/m.exec(settings)?.[1]?.trim() ?? "/usr/bin";
}
