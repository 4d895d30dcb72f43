/**
 * SHA-256, as `sha256sum` prints it.
 *
 * @module
 */

/** The digest of some bytes, in hexadecimal digits. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
