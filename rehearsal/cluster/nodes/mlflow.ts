import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import type { Command } from "#toolchain/locate";
import type { Image } from "./containers/images.ts";

/** Folders of this project that the image is built from: its app, and the package whose rule the app asks. */
export const MLFLOW_SOURCES = join(PROJECT_FOLDER, "images", "mlflow");
export const RECORD_PACKAGE = join(PROJECT_FOLDER, "python", "src");

/** Where things lie in the image: a container sees no folder of temporary files, in which they may lie here. */
const [PACKAGES, CODE, RULE, INSTALLED] = ["/opt/mlflow", "/opt/millrace-auth", "/opt/millrace", "/opt/millrace-auth-installed"];
const CERTIFICATE = "/etc/millrace/token-issuer.crt";

/** The variables of its Dockerfile. */
const OF_IMAGE = { PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1", HOME: "/tmp" };

interface MlflowImage {
  /** Folder for its programs. */
  folder: string;
  /** How it finds its artifacts. */
  store: Readonly<Record<string, string>>;
  /** File with the certificate of whoever shows the keys of the cluster's tokens. */
  issuerCertificate: string;
}

/**
 * MLflow's image: the packages that `images/mlflow` pins, and its own app.
 *
 * @param python of the tool `mlflow`: the program beside its packages.
 */
export function mlflowImage([python]: Command, { folder, store, issuerCertificate }: MlflowImage): Image {
  const program = `PYTHONPATH=${CODE}:${RULE}:${INSTALLED}\${PYTHONPATH:+:$PYTHONPATH} exec ${PACKAGES}/${basename(python)}`;
  const programs = { mlflow: `${program} -m mlflow`, python: program };
  const installed = join(folder, "installed");
  installApp(installed);
  const files = Object.entries(programs).map(([name, command]) => {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\n${command} "$@"\n`, { mode: 0o755 });
    return [`/usr/local/bin/${name}`, file] as const;
  });
  return {
    entrypoint: ["mlflow"],
    files: { ...Object.fromEntries(files), [CERTIFICATE]: issuerCertificate },
    folders: { [PACKAGES]: dirname(python), [CODE]: MLFLOW_SOURCES, [RULE]: RECORD_PACKAGE, [INSTALLED]: installed },
    env: { ...store, ...OF_IMAGE, SSL_CERT_FILE: CERTIFICATE },
  };
}

/** Writes what pip writes of a package, by which MLflow finds its app. @param folder for it, beside the sources on the path of Python. */
export function installApp(folder: string): void {
  const project = readFileSync(join(MLFLOW_SOURCES, "pyproject.toml"), "utf8");
  const points = /^\[project\.entry-points\."mlflow\.app"\]\n(\w+) = "(\S+)"$/m.exec(project);
  const own = join(folder, "millrace_auth-1.0.0.dist-info");
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "METADATA"), "Metadata-Version: 2.1\nName: millrace-auth\nVersion: 1.0.0\n");
  writeFileSync(join(own, "entry_points.txt"), `[mlflow.app]\n${points?.[1]} = ${points?.[2]}\n`);
}
