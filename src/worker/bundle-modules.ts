/**
 * Which modules a workflow bundle is made of, and who imports whom, read from its code.
 *
 * @module
 */

/** Paths of what each module imports, by the module's path. */
export type BundleModules = ReadonlyMap<string, readonly string[]>;

/** What the code around the modules imports stands under this name; it is the module that Temporal generates. */
export const ENTRYPOINT = '<entrypoint>';

/**
 * Webpack's development mode, in which Temporal bundles, heads each module with its path and names it when importing. Its
 * own code is marked too.
 */
const LINES = /^\/\*\*\*\/ "([^"\n]+)":?$|^(\/\*{6}\/)|__webpack_require__\((?:\/\*.*?\*\/ ?)*\\?"([^"\\\n]+)\\?"\)/gm;

const SOURCE_MAP = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';

/** Imports and requires of packages in source code; what is for types alone leaves nothing in a bundle. */
const IMPORT =
  /(?:\bimport\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?|\bexport\s+(?!type\b)[^'";]*?\sfrom\s+|\b(?:require|import)\(\s*)['"]([^'"\n]+)['"]/g;

/** Empty for code that neither names its modules nor has a source map. */
export function readBundleModules(code: string): BundleModules {
  const end = code.lastIndexOf(SOURCE_MAP);
  const named = readNamedModules(end === -1 ? code : code.slice(0, end));
  return named.size > 0 || end === -1 ? named : readSourceMap(code.slice(end + SOURCE_MAP.length));
}

function readNamedModules(code: string): BundleModules {
  const entrypoint: string[] = [];
  const modules = new Map<string, string[]>();
  let imports = entrypoint;
  for (const [, path, webpack, imported] of code.matchAll(LINES)) {
    if (path !== undefined) {
      imports = [];
      modules.set(path, imports);
    } else if (webpack !== undefined) imports = entrypoint;
    else if (imported !== undefined) imports.push(imported);
  }
  return modules.size === 0 ? modules : modules.set(ENTRYPOINT, entrypoint);
}

/**
 * For bundles whose modules were given numbers: who imports a package is taken from the application's own sources. What a
 * package imports is unknown there.
 */
function readSourceMap(base64: string): BundleModules {
  const map = JSON.parse(Buffer.from(base64.split('\n', 1)[0] ?? '', 'base64').toString('utf8')) as {
    readonly sources?: readonly string[];
    readonly sourcesContent?: readonly (string | null)[];
  };
  const { sources = [], sourcesContent = [] } = map;
  const anyModuleOf = (name: string) =>
    sources.find((source) => source.replaceAll('\\', '/').includes(`/node_modules/${name}/`));
  return new Map(
    sources.map((source, i) => {
      if (/[\\/]node_modules[\\/]/.test(source)) return [source, []];
      const specifiers = [...(sourcesContent[i] ?? '').matchAll(IMPORT)].map(([, specifier = '']) => specifier);
      return [source, specifiers.flatMap((specifier) => anyModuleOf(packageName(specifier)) ?? [])];
    }),
  );
}

function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
