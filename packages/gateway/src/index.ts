export type { GatewayConfig, GatewayOptions } from './config.ts';
export type { ErrorCode } from './error-codes.ts';
export { createLogger, type Logger } from './log.ts';
export type { Setting } from './setting-kinds.ts';
export { readSettings, type Settings, SettingsError, settings, unknownSettings } from './settings.ts';
export { type Gateway, startGateway } from './start-gateway.ts';
