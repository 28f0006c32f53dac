import { type BundleConfig, DEFAULT_BUNDLE_CONFIG, decodeBundleConfig } from '../definitions/bundle-config';

/** Replaced by a string literal when the plugin bundles. */
declare const __TEMPORAL_AGENT_OBSERVABILITY__: string | undefined;

/** The configuration that this bundle was built with. */
export const bundleConfig: BundleConfig =
  (typeof __TEMPORAL_AGENT_OBSERVABILITY__ === 'string'
    ? decodeBundleConfig(__TEMPORAL_AGENT_OBSERVABILITY__)
    : undefined) ?? DEFAULT_BUNDLE_CONFIG;
