export { investigate as stuckResearch, refund } from '../../examples/alerts/workflows';
export * from '../../examples/demo/workflows';
