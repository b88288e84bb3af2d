/** A script in CommonJS as a function of what it expects around it. */
export function wrapPart(script: string): string {
  return `(function (exports, require, module, __filename, __dirname) {${script}\n})`;
}
