export type { Fault } from './faults';
export { type ProviderServer, startProviderServer } from './provider-server';
export type { ModelUsage } from './usage-ledger';
