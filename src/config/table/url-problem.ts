/**
 * What is wrong with the address of another server, in a clause; `undefined` when nothing is, and for the empty text,
 * which stands for "not set". A password in it is refused: the configuration in force is shown to whoever may ask.
 */
export function urlProblem(text: string, schemes: readonly string[]): string | undefined {
  if (text === "") return undefined;
  const url = URL.parse(text);
  if (url === null) return "it is no address";
  if (!schemes.includes(url.protocol.slice(0, -1))) return `the scheme ${url.protocol.slice(0, -1)} is not known`;
  if (url.password !== "")
    return "a password does not stand in the configuration: a field beside this one names its file";
  const needsHost = url.protocol !== "unix:";
  return (needsHost ? url.hostname : url.pathname) === "" ? "it names no server" : undefined;
}
