import { writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { NETWORK } from "../isolation/addresses.ts";
import type { HostsFile } from "../isolation/hosts-file.ts";
import { serverCertificate } from "./certificate.ts";
import type { Kube } from "./kube.ts";

const HOST = "oidc.eks.rehearsal.internal";

/** Who the cluster says has made the tokens of service accounts. AWS invents such an address for each cluster. */
export const TOKEN_ISSUER = `https://${HOST}/id/CLUSTER`;

/** The address at which AWS shows everybody the public keys of a cluster's tokens. */
export class TokenIssuer {
  /** File with the certificate that whoever asks for the keys must trust. */
  readonly certificateFile: string;
  readonly #server: { key: string; certificate: string };

  /** @param folder for the certificate. */
  constructor(folder: string) {
    this.#server = serverCertificate({ name: "token-issuer", names: [HOST] });
    this.certificateFile = join(folder, "token-issuer.crt");
    writeFileSync(this.certificateFile, this.#server.certificate);
  }

  /** Shows the keys that the API server signs with, until this process ends. @param hosts names of the namespace. */
  async serve(kube: Kube, hosts: HostsFile): Promise<void> {
    const keys = JSON.stringify(await kube.get("/openid/v1/jwks"));
    const { key, certificate } = this.#server;
    const server = createServer({ key, cert: certificate }, ({ url }, answer) =>
      url === "/id/CLUSTER/keys" ? answer.end(keys) : answer.writeHead(404).end(),
    );
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(443, NETWORK.tokenIssuer, resolve);
    });
    server.unref();
    hosts.set({ [HOST]: NETWORK.tokenIssuer });
  }
}
