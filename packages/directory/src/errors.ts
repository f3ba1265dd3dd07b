/** What a caller asked of the directory that cannot be done. The message says the way out. */
export class DirectoryError extends Error {
  readonly code: DirectoryErrorCode;

  constructor(code: DirectoryErrorCode, message: string) {
    super(message);
    this.name = 'DirectoryError';
    this.code = code;
  }
}

export type DirectoryErrorCode =
  | 'SLUG_INVALID'
  | 'SLUG_TAKEN'
  | 'NAME_INVALID'
  | 'ROLE_UNKNOWN'
  | 'LABEL_INVALID'
  | 'EXPIRY_INVALID'
  | 'CLAIMS_INVALID'
  | 'TENANT_NOT_FOUND'
  | 'KEY_NOT_FOUND'
  | 'DOCUMENTS_INVALID';
