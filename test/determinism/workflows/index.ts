export * from './agents';
export * from './bounded';
