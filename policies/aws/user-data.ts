import { gunzipSync } from "node:zlib";

/** A part of a text that may be base64: long, and whole. */
const ENCODED = /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{24,}={0,2}(?![A-Za-z0-9+/=])/g;

/** How often something may be packed into something else: a file inside of a cloud-config inside of a launch template. */
const DEPTH = 3;

/** A text with what is packed in it: base64 and gzip, as cloud-init unpacks them. What is neither stays out. */
export function unpacked(text: string, depth = DEPTH): string[] {
  const inner =
    depth === 0
      ? []
      : [...text.matchAll(ENCODED)].flatMap(([part]) => decoded(part).flatMap((each) => unpacked(each, depth - 1)));
  return [text, ...inner];
}

function decoded(part: string): string[] {
  const bytes = Buffer.from(part, "base64");
  const content = bytes[0] === 0x1f && bytes[1] === 0x8b ? plain(bytes) : bytes;
  const text = content.toString("utf8");
  // oxlint-disable-next-line no-control-regex
  return text === "" || /[\u0000-\u0008\ufffd]/.test(text) ? [] : [text];
}

function plain(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: 2 ** 20 });
  } catch {
    return Buffer.alloc(0);
  }
}
