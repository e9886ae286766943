import * as pulumi from "@pulumi/pulumi";
import { refuseEnded } from "./inputs/break-glass.ts";
import { refusePlaceholders } from "./inputs/placeholders.ts";
import { parseStack, runStack } from "./layers.ts";
import { wholeOrNothing } from "./whole-or-nothing.ts";

// Node strips the types in place, so lines are right as they are. Pulumi notes a stack with every promise, and its search for source
// maps would take a third of a preview.
delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;

/**
 * Entry point of the Pulumi program; what it returns are the stack's outputs.
 *
 * @throws {pulumi.RunError} what `runStack` refuses, and placeholders and ended emergencies in the stack config on the way into a real account.
 */
export default (): Promise<object> =>
  wholeOrNothing(async () => {
    const stack = pulumi.getStack();
    const outputs = await runStack(stack);
    const { layer, environment } = parseStack(stack);
    refusePlaceholders(layer, environment);
    refuseEnded(pulumi.runtime.allConfig(), environment, Date.now());
    return outputs;
  });
