/*
 * What a secret in plain text looks like. Every expression here means the same in JavaScript and in RE2, which the API server uses.
 * `(?i:` holds a whole expression: Node 22 has no such group, so `compiled` makes a flag of it.
 */

/** Secrets with a known format of their issuer. */
const KNOWN: readonly (readonly [what: string, pattern: string])[] = [
  ["a private key", "-----BEGIN [A-Z ]*PRIVATE KEY"],
  ["an AWS access key", String.raw`\bA(KIA|SIA)[0-9A-Z]{16}\b`],
  ["a GitHub token", String.raw`\bgh[pousr]_[0-9A-Za-z]{36}|\bgithub_pat_[0-9A-Za-z_]{22}`],
  ["a GitLab token", String.raw`\bglpat-[0-9A-Za-z_-]{20}`],
  ["a Slack token", String.raw`\bxox[abeoprs]-[0-9A-Za-z-]{10}`],
  ["a Slack webhook", String.raw`hooks\.slack\.com/services/T[0-9A-Z]`],
  ["a Hugging Face token", String.raw`\bhf_[0-9A-Za-z]{30}`],
  ["an API key", String.raw`\bsk-(proj-|ant-[a-z0-9]+-)?[0-9A-Za-z]{20}`],
  ["a JSON web token", String.raw`\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.`],
  ["a password in an address", String.raw`://[^/\s:@]*:[^/\s:@$({<%]+@`],
];

/** Names whose value is a password, however weak. */
export const PASSWORD_NAME = "(?i:(password|passwd|passphrase|[_.-](pass|pwd))$)";

/** Names whose value may be a secret or the name of one: the form of the value decides. */
export const TOKEN_NAME =
  "(?i:(secret|token|credentials?|(api|access|account|auth|encryption|license|master|private|secret|service|session|shared|signing|webhook)[_.-]?key)$)";

/** Refers to a secret without containing it: a variable, a template, a path, an address, a switch. */
export const REFERENCE =
  "(?i:^([$%{<*/]|\\[|arn:|https?://|(true|false|null|none|yes|no|enabled|disabled|required|optional)$|[0-9.]*$))";

/** Words with separators, in lower case: what objects, keys and files are called. */
export const NAME = "^[a-z]+([-_./][a-z0-9]+)*$";

/** Letters and digits without separators. */
export const RANDOM = "^[0-9A-Za-z+/=_.~-]{16,512}$";

/** All of {@link KNOWN} at once. */
export const ANY_KNOWN = KNOWN.map(([, pattern]) => pattern).join("|");

const compiled = (pattern: string): RegExp => new RegExp(pattern.replace("(?i:", "(?:"), pattern.startsWith("(?i:") ? "i" : "");

const [known, passwordName, tokenName, reference, name, random] = [
  ANY_KNOWN,
  PASSWORD_NAME,
  TOKEN_NAME,
  REFERENCE,
  NAME,
  RANDOM,
].map(compiled) as [RegExp, RegExp, RegExp, RegExp, RegExp, RegExp];

/**
 * The kind of secret that a text contains; `undefined` if it seems to contain none. Never the secret itself.
 *
 * @param called name under which the text stands: of a variable, a key, a file
 */
export function secretIn(called: string, text: string): string | undefined {
  return plainIn(called, text) ?? encodedIn(called, text);
}

/** Base64 of at least a dozen characters. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4}){4,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Longer texts are files. */
const LONGEST_ENCODED = 65_536;

/** Base64 hides nothing. What decodes to a text is read again, but its bytes are no password by themselves: a checksum decodes too. */
function encodedIn(called: string, text: string): string | undefined {
  if (text.length > LONGEST_ENCODED) {
    return undefined;
  }
  const compact = text.replaceAll(/\s/g, "");
  if (!BASE64.test(compact)) {
    return undefined;
  }
  const decoded = Buffer.from(compact, "base64").toString("utf8");
  return /^[\t\n\r -~]+$/.test(decoded) ? plainIn(called, decoded) : undefined;
}

/** User and password of a command line. */
const LOGIN = /\bcurl\b[^\n]{0,200}?\s(?:-u|--user)[ =]?["']?[^\s:"'$]{1,64}:(?![$({<%])[^\s"']+/;

function plainIn(called: string, text: string): string | undefined {
  if (LOGIN.test(text)) {
    return "a password in a command";
  }
  if (known.test(text)) {
    return KNOWN.find(([, pattern]) => new RegExp(pattern).test(text))?.[0];
  }
  // Most texts contain no assignment: a quick check of their characters avoids the search.
  return kindOf(called, text) ?? (/[:=]/.test(text) ? assignmentsIn(text) : []).flatMap((each) => kindOf(...each) ?? [])[0];
}

/** Names whose value is a user with a password, in base64: the `auth` of a registry, and what programs call it. */
const LOGIN_NAME = /(^|[_.-])(auth|login|credentials?|basic)$/i;

const USER_AND_PASSWORD = /^[!-9;-~]{1,128}:[!-~]+$/;

function kindOf(called: string, value: string): string | undefined {
  if (passwordName.test(called) && !reference.test(value)) {
    return "a password";
  }
  if (LOGIN_NAME.test(called) && BASE64.test(value) && USER_AND_PASSWORD.test(Buffer.from(value, "base64").toString("latin1"))) {
    return "a login of a registry";
  }
  return tokenName.test(called) && isRandom(value) ? "what looks like a secret" : undefined;
}

/** Least entropy of characters drawn at random, bits each: 32 hexadecimal digits have 3.2 to 3.9. */
const RANDOM_BITS = 3;

const isRandom = (value: string): boolean =>
  random.test(value) &&
  /[0-9]/.test(value) &&
  /[A-Za-z]/.test(value) &&
  !reference.test(value) &&
  !name.test(value) &&
  entropyOf(value) >= RANDOM_BITS;

/** Shannon's, bits a character. */
function entropyOf(text: string): number {
  const shares = [...Map.groupBy(text, (character) => character).values()].map(({ length }) => length / text.length);
  return shares.reduce((bits, share) => bits - share * Math.log2(share), 0);
}

/** `key = value`, `"key": "value"` and `--key=value`, whatever the format; names are bounded, or a long text would take its square. */
const ASSIGNMENT = /(?<!\w)([A-Za-z][\w.-]{0,63})["']?[ \t]*[:=][ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"',;&]+))/g;

const assignmentsIn = (text: string): [called: string, value: string][] =>
  [...text.replaceAll(/^\s*(#|\/\/).*$/gm, "").matchAll(ASSIGNMENT)].map(([, called = "", double, single, bare]) => [
    called,
    double ?? single ?? bare ?? "",
  ]);
