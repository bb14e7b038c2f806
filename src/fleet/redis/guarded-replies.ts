import dataHandler from "ioredis/built/DataHandler.js";

interface Dispatcher {
  dispatch(this: Dispatcher, handle: () => void): void;
  returnFatalError(error: unknown): void;
}

interface DispatcherClass {
  readonly prototype: Dispatcher;
}

/**
 * Keeps answers that make no sense from ending the process. ioredis 6 throws again, outside of any call, what its own
 * handling of an answer throws (a null that nobody asked for is enough): an uncaught exception. With this, such an
 * answer is what a broken one is to ioredis: commands fail, the connection is closed and made anew.
 */
export function guardReplies(): void {
  // A CommonJS module: what loads it may have unwrapped its default export or not.
  const loaded = dataHandler as unknown as DispatcherClass & { readonly default?: DispatcherClass };
  const { prototype } = loaded.default ?? loaded;
  prototype.dispatch = function dispatch(handle) {
    try {
      handle();
    } catch (error) {
      this.returnFatalError(error);
    }
  };
}
