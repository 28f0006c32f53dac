import { defineTransforms } from 'temporal-agent-observability/workflow';

export const one = defineTransforms({ head: (page: string) => page.slice(0, 10) });
export const two = defineTransforms({ head: (page: string) => page.slice(0, 20) });
