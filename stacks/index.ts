import * as pulumi from "@pulumi/pulumi";
import { runStack } from "./layers.ts";
import { wholeOrNothing } from "./whole-or-nothing.ts";

// Node strips the types in place, so lines are right as they are. Pulumi notes a stack with every promise, and its search for source
// maps would take a third of a preview.
delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;

/** Entry point of the Pulumi program; what it returns are the stack's outputs. */
export default (): Promise<object> => wholeOrNothing(() => runStack(pulumi.getStack()));
