/**
 * OpenTelemetry metrics of model calls, by the GenAI conventions v1.41. Bucket boundaries are those of the conventions.
 *
 * @module
 */

export const OTEL_METRICS = {
  tokenUsage: {
    name: 'gen_ai.client.token.usage',
    unit: '{token}',
    description: 'Number of input and output tokens used.',
    boundaries: [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
  },
  operationDuration: {
    name: 'gen_ai.client.operation.duration',
    unit: 's',
    description: 'GenAI operation duration.',
    boundaries: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  },
} as const;

/** Attribute that tells input from output tokens; its values are `input` and `output`. */
export const TOKEN_TYPE_ATTRIBUTE = 'gen_ai.token.type';
