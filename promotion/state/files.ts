/** The files of a self-managed backend, by their paths below its root, such as `.pulumi/stacks/millrace/platform-dev.json`. */
export interface Files {
  /** A bucket: machines that have nothing else in common write there. */
  readonly shared: boolean;
  /** Paths of the files in a folder, not of those in folders below it. Empty where there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** `undefined` where there is no such file. */
  read(path: string): Promise<Buffer | undefined>;
  /** A reader sees the file as it was or as it is, and nothing in between. */
  write(path: string, content: string | Buffer): Promise<void>;
  remove(path: string): Promise<void>;
  /** What the file said before, newest first. Empty where the backend keeps no versions. */
  versions(path: string): Promise<Version[]>;
}

/** What a file said at some time. */
export interface Version {
  /** As a person finds it again. */
  readonly name: string;
  read(): Promise<Buffer | undefined>;
}
