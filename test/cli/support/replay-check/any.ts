// biome-ignore lint/style/noDefaultExport: Temporal takes a default export for every workflow type without one.
export { support as default } from './deployed';
