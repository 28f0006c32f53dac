import { type BundleModules, ENTRYPOINT } from './bundle-modules';
import { integratedPackages, isModelSdk, packageOf } from './model-sdks';

/** A model SDK in a workflow bundle. */
export interface ModelSdkImport {
  readonly package: string;
  /** The application's module that brings it; `undefined` where it comes with a plugin's interceptors. */
  readonly importedBy: string | undefined;
  /** The package in between, where the application does not import the SDK itself. */
  readonly via: string | undefined;
}

/**
 * Model SDKs that workflow code brings into its bundle, each with the shortest way there. What Temporal's packages and
 * the integrations bring is not followed, neither is what one SDK imports of another.
 */
export function findModelSdkImports(modules: BundleModules): readonly ModelSdkImport[] {
  const packages = new Set([...modules.keys()].flatMap((path) => packageOf(path) ?? []));
  const integrated = integratedPackages(packages);
  const own = [...modules.keys()].filter((path) => packageOf(path) === undefined);
  const found = new Map<string, ModelSdkImport>();
  const visited = new Set(own);
  const isEntrypoint = (path: string) => path === ENTRYPOINT;
  // Breadth first, the application's own modules before the generated one, so that the first way found is the nearest.
  const queue = [...own.filter((path) => !isEntrypoint(path)), ...own.filter(isEntrypoint)].map(
    (path): { path: string; importedBy: string | undefined; via: string | undefined } => ({
      path,
      importedBy: isEntrypoint(path) ? undefined : path,
      via: undefined,
    }),
  );
  for (const { path, importedBy, via } of queue) {
    for (const imported of modules.get(path) ?? []) {
      const name = packageOf(imported);
      if (name === undefined || name.startsWith('@temporalio/') || integrated.has(name)) continue;
      if (isModelSdk(name)) {
        if (!found.has(name)) found.set(name, { package: name, importedBy, via });
      } else if (!visited.has(imported)) {
        visited.add(imported);
        queue.push({ path: imported, importedBy, via: via ?? name });
      }
    }
  }
  return [...found.values()];
}
