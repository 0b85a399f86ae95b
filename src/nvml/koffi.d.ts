// The few calls of the optional package that are used, so that the sources are checked where it is not installed.
declare module 'koffi' {
  interface Library {
    func(prototype: string): (...values: readonly unknown[]) => unknown;
  }
  export function load(path: string): Library;
}
