export type { Fault } from './faults';
export {
  type ProviderServer,
  type ProviderServerOptions,
  type ReceivedRequest,
  startProviderServer,
} from './provider-server';
export type { ModelUsage } from './usage-ledger';
