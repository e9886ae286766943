// Where Pulumi keeps its plugins.

import { homedir } from "node:os";
import { join } from "node:path";

/** Folder in which the user's Pulumi keeps its plugins. */
export const userPlugins = (): string => join(process.env["PULUMI_HOME"] || join(homedir(), ".pulumi"), "plugins");

/** Folder of one version of a provider, below a folder of plugins. */
export const providerFolder = (plugins: string, name: string, version: string): string =>
  join(plugins, `resource-${name}-v${version}`);

/** Name of the program in it. */
export const providerProgram = (name: string): string => `pulumi-resource-${name}`;
