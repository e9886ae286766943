import * as pulumi from "@pulumi/pulumi";

/**
 * Runs a program and holds every resource back until it has declared all of them.
 *
 * Requests leave while later components are still being checked: without this, what the last component refuses would come after the
 * first one has been made, wherever nobody previewed.
 *
 * @returns what the program returns.
 * @throws whatever the program throws; nothing has been made then.
 */
export async function wholeOrNothing<T>(program: () => Promise<T>): Promise<T> {
  const { promise: declared, resolve } = Promise.withResolvers<[]>();
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    // Components and providers make nothing, and a reference to another stack is read to declare the rest.
    /^(millrace|pulumi):/.test(type)
      ? undefined
      : { props, opts: { ...opts, dependsOn: [opts.dependsOn ?? [], declared] as never } },
  );
  const result = await program();
  resolve([]);
  return result;
}
