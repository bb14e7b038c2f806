/** Variables of the repository's own scripts: the product would refuse them as unknown settings. */
const scriptVariable = /^OUTRIDER_(?:CACHE|FUZZ_[A-Z]+)$/;

/** The environment of this process for a product that it starts. */
export function productEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !scriptVariable.test(name)));
}
