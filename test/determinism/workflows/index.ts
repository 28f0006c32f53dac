export * from './agents';
export * from './approvals';
export * from './bounded';
