/** The part of an OpenAPI schema of a custom resource definition that is looked at. */
interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  items?: Schema;
  required?: string[];
  enum?: unknown[];
  pattern?: string;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
}

/** What an API server would refuse of an object, or drop without a word, a line each. */
export function faultsAgainst(schema: Schema, value: unknown, path = ""): string[] {
  if (!isOf(schema, value)) {
    return [`${path}: ${JSON.stringify(value)} is no ${schema.type ?? "integer or string"}`];
  }
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => faultsAgainst(schema.items ?? {}, each, `${path}[${index}]`));
  }
  if (typeof value !== "object" || value === null) {
    return [
      ...(schema.enum !== undefined && !schema.enum.includes(value)
        ? [`${path}: ${String(value)} is none of ${schema.enum.join(", ")}`]
        : []),
      ...(schema.pattern !== undefined && !new RegExp(schema.pattern).test(String(value)) ? [`${path}: ${String(value)}`] : []),
    ];
  }
  const missing = (schema.required ?? []).filter((key) => !Object.hasOwn(value, key));
  const inside = Object.entries(value).flatMap(([key, part]) => {
    const known = schema.properties?.[key] ?? schema.additionalProperties;
    const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
    return known === undefined ? (isOpen ? [] : [`${path}.${key}: unknown`]) : faultsAgainst(known, part, `${path}.${key}`);
  });
  return [...missing.map((key) => `${path}.${key}: missing`), ...inside];
}

function isOf(schema: Schema, value: unknown): boolean {
  if (schema["x-kubernetes-int-or-string"]) {
    return typeof value === "string" || Number.isInteger(value);
  }
  switch (schema.type) {
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case undefined:
      return true;
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    default:
      throw new Error(`'type' must be one of those that the recorded schema has, got '${schema.type}'`);
  }
}
