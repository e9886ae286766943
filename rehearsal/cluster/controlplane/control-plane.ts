import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NETWORK } from "../isolation/addresses.ts";
import { KUBE_APISERVER, serverCertificate } from "./certificate.ts";
import { Kube } from "./kube.ts";
import { answers, type Process, type Processes } from "./processes.ts";
import { TOKEN_ISSUER } from "./token-issuer.ts";

/** Programs of a control plane, each with the arguments that make it that part. */
export type ControlPlaneCommands = Readonly<
  Record<"etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler", readonly string[]>
>;

/** How to reach the API server, in the namespace of the rehearsal. */
export interface Access {
  /** `https://127.0.0.1:6443`. */
  endpoint: string;

  /** Certificate that signed the server's, PEM. */
  ca: string;

  /** Token of an administrator, made anew for each rehearsal. */
  token: string;

  /** Its key and certificate, PEM: the kubelets of the rehearsal have the same address. */
  identity: { key: string; cert: string };

  /** File with all that a client needs, readable by this user only. */
  kubeconfigPath: string;
}

/** Where the API server listens. Fixed: the network is the rehearsal's own. */
export const API_SERVER = "https://127.0.0.1:6443";

const ETCD = "http://127.0.0.1:2379";

/**
 * Starts etcd, the API server, the controllers and the scheduler, each when the one before it is ready.
 *
 * @param folder - gets keys, certificates and data.
 * @param onProgress - called when a part is up, with the seconds that it took.
 * @returns how to reach it; the default service account of `default` is there, so pods are accepted.
 */
export async function startControlPlane(
  commands: ControlPlaneCommands,
  folder: string,
  processes: Processes,
  onProgress: (part: string, seconds: number) => void = () => undefined,
): Promise<Access & { kube: Kube }> {
  const start = async (description: Process) => onProgress(description.name, await processes.start(description));
  const files = writeKeys(folder);
  await start(etcd(commands, folder));
  await start(apiServer(commands, folder, files));
  const access = {
    endpoint: API_SERVER,
    token: files.token,
    ca: readFileSync(files.ca, "utf8"),
    identity: { key: readFileSync(files.serverKey, "utf8"), cert: readFileSync(files.ca, "utf8") },
    kubeconfigPath: files.kubeconfig,
  };
  const kube = new Kube({ server: access.endpoint, token: access.token, ca: access.ca });
  const scheduling = async () => processes.hasLogged("kube-scheduler", "Serving securely");
  await Promise.all([
    start(controllerManager(commands, files, kube)),
    start({ ...scheduler(commands, files), ready: scheduling }),
  ]);
  return { ...access, kube };
}

interface Files {
  token: string;
  tokens: string;
  serviceAccountKey: string;
  /** Gets the certificates that the parts make for themselves. */
  certificates: string;
  serverKey: string;
  ca: string;
  kubeconfig: string;
}

function writeKeys(folder: string): Files {
  const certificates = join(folder, "certificates");
  mkdirSync(certificates, { recursive: true, mode: 0o700 });
  const secret = (name: string, content: string) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const token = randomBytes(24).toString("hex");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const server = serverCertificate(KUBE_APISERVER);
  const ca = secret("kube-apiserver.crt", server.certificate);
  return {
    token,
    certificates,
    serverKey: secret("kube-apiserver.key", server.key),
    ca,
    tokens: secret("tokens.csv", `${token},rehearsal,rehearsal,system:masters\n`),
    serviceAccountKey: secret("service-account.key", privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
    kubeconfig: secret("kubeconfig", JSON.stringify(kubeconfig(token, ca), null, 2)),
  };
}

function kubeconfig(token: string, ca: string): object {
  const name = "rehearsal";
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server: API_SERVER, "certificate-authority": ca } }],
    users: [{ name, user: { token } }],
  };
}

function etcd(commands: ControlPlaneCommands, folder: string): Process {
  return {
    name: "etcd",
    // The data lives minutes and is never recovered after a power cut, so nothing waits for the disk.
    command: [...commands.etcd, `--data-dir=${join(folder, "etcd")}`, "--unsafe-no-fsync"],
    ready: () => answers(`${ETCD}/health`),
  };
}

function apiServer(
  commands: ControlPlaneCommands,
  folder: string,
  { token, tokens, serviceAccountKey, certificates, serverKey, ca }: Files,
): Process {
  return {
    name: "kube-apiserver",
    command: [
      ...commands["kube-apiserver"],
      `--etcd-servers=${ETCD}`,
      // Pods reach it at the node's address.
      "--bind-address=0.0.0.0",
      "--secure-port=6443",
      `--cert-dir=${certificates}`,
      `--tls-cert-file=${ca}`,
      `--tls-private-key-file=${serverKey}`,
      `--advertise-address=${NETWORK.node}`,
      "--endpoint-reconciler-type=none",
      "--service-cluster-ip-range=10.96.0.0/16",
      // As on EKS: device plugins are privileged, and policies say who else may be.
      "--allow-privileged=true",
      "--authorization-mode=RBAC",
      `--token-auth-file=${tokens}`,
      `--service-account-issuer=${TOKEN_ISSUER}`,
      "--api-audiences=https://kubernetes.default.svc",
      `--service-account-key-file=${serviceAccountKey}`,
      `--service-account-signing-key-file=${serviceAccountKey}`,
      // API servers of controllers believe what this one says about a caller.
      `--requestheader-client-ca-file=${ca}`,
      `--proxy-client-cert-file=${ca}`,
      `--proxy-client-key-file=${serverKey}`,
      "--requestheader-username-headers=X-Remote-User",
      "--requestheader-group-headers=X-Remote-Group",
      "--requestheader-extra-headers-prefix=X-Remote-Extra-",
      // Webhooks are reached through their EndpointSlice: cluster addresses lead nowhere without a proxy.
      "--enable-aggregator-routing=true",
    ],
    ready: async () => {
      const kube = new Kube({ server: API_SERVER, token, ca: readFileSync(ca) });
      const ready = await kube.get("/readyz").then(
        () => true,
        () => false,
      );
      kube.close();
      return ready;
    },
  };
}

function controllerManager(
  commands: ControlPlaneCommands,
  { kubeconfig: config, serviceAccountKey, certificates, ca }: Files,
  kube: Kube,
): Process {
  // Addresses, routes, load balancers and the attachment of disks belong to a cloud; the rehearsal has no cloud.
  const left = ["node-ipam", "node-route", "service-lb", "persistentvolume-attach-detach", "persistentvolume-expander"];
  return {
    name: "kube-controller-manager",
    command: [
      ...commands["kube-controller-manager"],
      `--kubeconfig=${config}`,
      "--bind-address=127.0.0.1",
      `--cert-dir=${certificates}`,
      "--leader-elect=false",
      `--service-account-private-key-file=${serviceAccountKey}`,
      `--root-ca-file=${ca}`,
      // Each controller under its own account, as everywhere: admission policies tell them from users.
      "--use-service-account-credentials=true",
      `--controllers=${["*", ...left.map((name) => `-${name}-controller`)].join(",")}`,
    ],
    ready: async () => (await kube.find("/api/v1/namespaces/default/serviceaccounts/default")) !== undefined,
  };
}

function scheduler(commands: ControlPlaneCommands, { kubeconfig: config, certificates }: Files): Omit<Process, "ready"> {
  const command = [
    ...commands["kube-scheduler"],
    `--kubeconfig=${config}`,
    "--bind-address=127.0.0.1",
    `--cert-dir=${certificates}`,
    "--leader-elect=false",
  ];
  return { name: "kube-scheduler", command };
}
