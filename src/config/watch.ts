/**
 * Notices that the configuration file has changed: an editor's save, a rename over it, or a Kubernetes ConfigMap,
 * where the file is a symbolic link through `..data` and a new version is one rename of that link beside it.
 */
import { watch, type FSWatcher } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** What to watch and how. */
export interface WatchOptions {
  readonly file: string;
  /** Called once for each change that lasted `settleMs`; never while the file is as it was. */
  onChange(): void;
  /** Quiet time after the last sign of a change, so that a file is not read half written. */
  readonly settleMs: number;
  /** How often to look even without a sign: file systems such as NFS give none. */
  readonly pollMs: number;
}

/** Something started that can be stopped. */
export interface FileWatch {
  close(): void;
}

/**
 * Watches a file until closed; a change after the returned promise is settled is noticed. The directory is watched, not the file, because a rename leaves a watch on the old
 * one; whether the file really changed is told by its true path, inode, size and time. Timers do not hold the process.
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

/** `undefined` where the system gives no signs (its watches are used up, or it has none): polling remains. */
function watchDirectory(directory: string, sign: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, { persistent: false }, sign);
    // A watched directory that goes away reports an error; polling remains.
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
