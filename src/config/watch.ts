/**
 * Watches the configuration file for changes: an editor's save, a rename over it, or a new version of a Kubernetes
 * ConfigMap, where the file is a symbolic link through `..data` and an update replaces that link.
 */
import { watch, type FSWatcher } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Options of {@link watchFile}. */
export interface WatchOptions {
  readonly file: string;
  /** Called once per change, `settleMs` after its last event; not called if the file is the same as before. */
  onChange(): void;
  /** Quiet time after the last event, so that a half-written file is not read. */
  readonly settleMs: number;
  /** Interval of polling, for file systems without events, such as NFS. */
  readonly pollMs: number;
}

/** A watch that lasts until it is closed; it does not keep the process running. */
export interface FileWatch {
  /** No call of `onChange` follows. Idempotent. */
  close(): void;
}

/**
 * Watches a file until closed; changes after the returned promise is settled are noticed. The directory is watched, not
 * the file, because after a rename a watch stays on the old file. A change is a new real path, inode, size or time. The
 * timers do not keep the process alive.
 */
export async function watchFile(options: WatchOptions): Promise<FileWatch> {
  let known = await fingerprint(options.file);
  let settling: NodeJS.Timeout | undefined;
  let isClosed = false;
  const look = async (): Promise<void> => {
    const now = await fingerprint(options.file);
    if (now !== known && !isClosed) {
      known = now;
      options.onChange();
    }
  };
  const sign = (): void => {
    clearTimeout(settling);
    settling = setTimeout(() => void look(), options.settleMs).unref();
  };
  const poll = setInterval(() => void look(), options.pollMs).unref();
  const watcher = watchDirectory(dirname(options.file), sign);
  return {
    close: () => {
      isClosed = true;
      clearTimeout(settling);
      clearInterval(poll);
      watcher?.close();
    },
  };
}

/** `undefined` if the system gives no events (no support, or no watches left): polling remains. */
function watchDirectory(directory: string, sign: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, { persistent: false }, sign);
    // A watched directory that is removed reports an error; polling remains.
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

async function fingerprint(file: string): Promise<string> {
  try {
    const [truePath, { ino, size, mtimeNs }] = await Promise.all([realpath(file), stat(file, { bigint: true })]);
    return `${truePath} ${ino} ${size} ${mtimeNs}`;
  } catch (error) {
    return `absent: ${(error as NodeJS.ErrnoException).code ?? ""}`;
  }
}
