import { hkdfSync, randomBytes } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** What AWS alone has, made up for one rehearsal: values of secrets, and the certificates by which its servers are known. */
export class Vault {
  readonly #key = randomBytes(32);
  readonly #certificates = new Map<string, string>();

  /**
   * A value that was generated under a name: always the same one.
   *
   * @param length letters and digits in it. @default 43, which is 256 bits
   */
  generated(name: string, length = 43): string {
    const bytes = Buffer.from(hkdfSync("sha256", this.#key, "", name, length));
    return [...bytes].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
  }

  /** A property of a secret in AWS Secrets Manager. @param key its ARN. */
  managed(key: string, property: string): string {
    return this.generated(`${key}#${property}`);
  }

  /** From now on pods are given the rehearsal's own authority where the program names one of AWS. Both are PEM. */
  standFor(authority: string, own: string): void {
    this.#certificates.set(authority.trim(), own.trim());
  }

  /** A text of the program as pods are given it. */
  given(text: string): string {
    return [...this.#certificates].reduce((given, [authority, own]) => given.replaceAll(authority, own), text);
  }
}
