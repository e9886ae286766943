import { createRequire } from "node:module";

/** A Struct of protobuf's, as the engine sends inputs. */
interface Struct {
  toJavaScript(): Record<string, unknown>;
}

/**
 * Lets rules see which values are secret. The SDK opens every secret before it calls a rule, so a message could write it into the log.
 * Here the values keep Pulumi's marks, as they come over the wire, and {@link import("./resource.ts").readable} understands them. The
 * SDK also reads a resource again for each rule; here each resource is read once.
 *
 * This reaches into version 1.21 of `@pulumi/policy`, whose server calls the function through its module.
 */
export function keepMarks(): void {
  const read = new WeakMap<Struct, Record<string, unknown>>();
  const module: { deserializeProperties(struct: Struct, remediating: boolean): Record<string, unknown> } = createRequire(
    import.meta.url,
  )("@pulumi/policy/deserialize");
  module.deserializeProperties = (struct, remediating) => {
    // The engine asks this for every resource, but no rule of this pack changes a resource.
    if (remediating) {
      return {};
    }
    const known = read.get(struct) ?? struct.toJavaScript();
    read.set(struct, known);
    return known;
  };
}
