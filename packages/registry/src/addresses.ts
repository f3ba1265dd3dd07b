/** Characters of an e-mail address (RFC 5321), and of a web address that browsers still open. */
export const longestAddress = { email: 254, url: 4000 };

/** A label is at most 63 characters, so neither part can make the expression run long. */
const domain =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;
const localPart = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const phone = /^\+?[\d ().\-/]{2,40}(?:(?: ?(?:x|ext\.?) ?)\d{1,8})?$/i;

/** RFC 5321's lengths of the parts, which are as people write them, letters of any script. No quoted parts, no comments. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  return at <= 64 && localPart.test(text.slice(0, at)) && domain.test(text.slice(at + 1));
}

/** Only what a browser opens as a page: "javascript:" in a link would run in the reader's session. */
export function isWebAddress(text: string): boolean {
  if (!/^https?:\/\/[^\s/?#]/i.test(text) || /\s/.test(text)) return false;
  try {
    // Not `URL.canParse`: once it is hot, that of Node 20 takes Latin-1 for UTF-8 and refuses "ü".
    return new URL(text).hostname !== '';
  } catch {
    return false;
  }
}

export function isPhoneNumber(text: string): boolean {
  return phone.test(text) && (text.match(/\d/g)?.length ?? 0) >= 2;
}
