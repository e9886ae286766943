import * as pulumi from "@pulumi/pulumi";
import { runStack } from "./layers.ts";
import { wholeOrNothing } from "./whole-or-nothing.ts";

/** Entry point of the Pulumi program; what it returns are the stack's outputs. */
export default (): Promise<object> => wholeOrNothing(() => runStack(pulumi.getStack()));
