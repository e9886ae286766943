import * as pulumi from "@pulumi/pulumi";
import { runStack } from "./layers.ts";

/** Entry point of the Pulumi program; what it returns are the stack's outputs. */
export default (): Promise<object> => runStack(pulumi.getStack());
