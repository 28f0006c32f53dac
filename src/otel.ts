/**
 * OpenTelemetry in one call, for applications that have not set it up themselves. Nothing else in this package loads an
 * OpenTelemetry SDK.
 *
 * @module
 */

export { startTelemetry, type Telemetry, type TelemetryOptions, type TelemetryPlugin } from './otel/start-telemetry';
