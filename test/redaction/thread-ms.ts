/** Processor time that `work` takes on this thread, milliseconds: other processes on a busy machine do not count. */
export function threadMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
