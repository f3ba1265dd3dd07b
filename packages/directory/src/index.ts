export { authenticate, type Caller, findTenantOfToken, touchKey } from './authenticate.ts';
export { type Claim, type Claims, isUsableClaim } from './claims.ts';
export { DirectoryError, type DirectoryErrorCode } from './errors.ts';
export { type ParsedKey, parseKey } from './key-text.ts';
export { accessChannel, createKey, type KeyRow, listKeys, type NewKey, revokeKey } from './keys.ts';
export { type BuiltInRole, builtInRoles } from './roles.ts';
export { createTenant, findTenant, listTenants, type NewTenant, type TenantRow } from './tenants.ts';
