import { createServer } from "node:net";

/** Below the range from which Linux takes the ports of outgoing connections. */
const lowest = 20_000;
const highest = 32_000;

/**
 * As many loopback ports, all different, none of them in use, and none that an outgoing connection may take: a server
 * that is down for a while finds its port free when it comes back, and who tries to reach it meanwhile never reaches
 * itself. Another server may take one before it is used: start again then.
 */
export async function fixedPorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
