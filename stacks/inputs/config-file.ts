import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type Document, isMap, isScalar, isSeq, type Pair, parseDocument } from "yaml";
import { PROJECT_FOLDER } from "#engine/project";
import { suggestion } from "../wording.ts";
import { textOf } from "./read-file.ts";

/** What the engine knows at the top of a stack config file. */
const KEYS = ["config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment"];

/**
 * What a stack config file says below `config`, full key → value, as the engine reads it; nothing where there is no file. A key without
 * a namespace is one of the project. A value that is no object and no list is the text that stands there.
 *
 * @param name path from the root of the repository.
 * @throws {pulumi.RunError} when the file is not YAML, has a key twice, or takes values from where a plan cannot look.
 */
export function configFile(name: string): Record<string, unknown> {
  const document = parsed(name);
  const content = document?.contents;
  if (document === undefined || content == null || (isScalar(content) && content.value === null)) {
    return {};
  }
  if (!isMap(content)) {
    throw new pulumi.RunError(`${name} must be an object with config, got ${got(document.toJS())}`);
  }
  for (const { key } of content.items) {
    refuseKey(name, String(key));
  }
  const config: unknown = content.get("config");
  if (config == null) {
    return {};
  }
  if (!isMap(config)) {
    throw new pulumi.RunError(`${name}: config must be an object with keys such as millrace:account, got ${got(config)}`);
  }
  return valuesOf(name, config.items, document);
}

function parsed(name: string): Document | undefined {
  const text = textOf(name, join(PROJECT_FOLDER, name));
  const document = text === undefined ? undefined : parseDocument(text, { merge: true });
  const [error] = document?.errors ?? [];
  if (error) {
    const [{ line, col }] = error.linePos!;
    const place = `at line ${line}, column ${col}`;
    // Some of the reader's own sentences quote the file, which may be another one than was meant.
    const what = error.code.toLowerCase().replaceAll("_", " ");
    throw new pulumi.RunError(
      error.code === "DUPLICATE_KEY"
        ? `${name} must have each key once, got one twice (${place}): remove one of the two`
        : `${name} must be YAML, got a mistake ${place} (${what}): correct it there (git diff ${name} shows what has changed)`,
    );
  }
  if (document !== undefined) {
    refuseAliases(name, document);
  }
  return document;
}

function refuseKey(name: string, key: string): void {
  if (key === "environment") {
    throw new pulumi.RunError(
      `${name}: environment must be left out, because a plan opens no environment of Pulumi ESC: write its values below config`,
    );
  }
  if (!KEYS.includes(key)) {
    throw new pulumi.RunError(`${name}: ${key} must be a known key (${KEYS.join(", ")})${suggestion(key, KEYS)}`);
  }
}

function valuesOf(name: string, items: readonly Pair[], document: Document): Record<string, unknown> {
  const values = new Map<string, unknown>();
  for (const { key, value } of items) {
    const full = fullKey(String(key));
    if (values.has(full)) {
      throw new pulumi.RunError(`${name}: ${full} must stand there once, got it with and without its namespace: remove one`);
    }
    values.set(full, isScalar(value) ? textOfScalar(value) : value == null ? "" : asPlain(value, document));
  }
  return Object.fromEntries(values);
}

/** `account` and `millrace:config:account` are `millrace:account`. */
const fullKey = (key: string): string => {
  const short = key.replace(/^([^:]+):config:/, "$1:");
  return short.includes(":") ? short : `millrace:${short}`;
};

const textOfScalar = ({ value, source }: { value: unknown; source?: string }): string =>
  typeof value === "string" ? value : value === null ? "" : (source ?? String(value as number | boolean));

const asPlain = (value: unknown, document: Document): unknown => (value as { toJS(of: Document): unknown }).toJS(document);

/** @throws {pulumi.RunError} for an alias (`*name`) of nothing or of what it stands in, or aliases that grow without end. */
function refuseAliases(name: string, document: Document): void {
  try {
    JSON.stringify(document.toJS());
  } catch {
    throw new pulumi.RunError(
      `${name} must have only aliases (*name) of a complete value above them (&name), got another one: write the value itself, in quotes where it begins with *`,
    );
  }
}

const got = (value: unknown): string => (Array.isArray(value) || isSeq(value) ? "a list" : "a text");
