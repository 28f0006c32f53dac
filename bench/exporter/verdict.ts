import type { Measured } from './measure';
export function judge(small: Measured, large: Measured, intervalSeconds: number): string[] { return []; }
export function summary(small: Measured, large: Measured): string { return ''; }
