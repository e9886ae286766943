import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { NETWORK } from "../../isolation/addresses.ts";

const run = promisify(execFile);

/** The network of one pod: its containers share it, and nothing else listens in it. It stays while they are started again. */
export class PodNetwork {
  readonly #ip: string;
  readonly #file: string;
  #opened: Promise<void> | undefined;

  /**
   * @param ip address of the pod.
   * @param file to which the network is bound.
   */
  constructor(ip: string, file: string) {
    this.#ip = ip;
    this.#file = file;
  }

  /** Makes it, unless it is there. What has failed is tried again. */
  open(): Promise<void> {
    return (this.#opened ??= this.#make().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    }));
  }

  /** What makes a command run in it. */
  get enter(): ["nsenter", string] {
    return ["nsenter", `--net=${this.#file}`];
  }

  /** Gives it up: it goes with the last process in it, and its wire with it. */
  async close(): Promise<void> {
    await this.#opened?.catch(() => undefined);
    await run("umount", [this.#file]).catch(() => undefined);
  }

  async #make(): Promise<void> {
    writeFileSync(this.#file, "");
    await run("unshare", [`--net=${this.#file}`, "/bin/sh", "-ec", wired(this.#ip)]);
  }
}

/** A shell script that lays a wire to the rehearsal's network, whose first process is process 1. */
function wired(ip: string): string {
  const wire = `pod-${ip.split(".").slice(2).join("-")}`;
  const outside = "nsenter --target=1 --net";
  return [
    "ip link set lo up",
    // That of the pod before, at the same address, may still be on its way out.
    `${outside} ip link delete ${wire} 2>/dev/null || :`,
    `ip link add eth0 type veth peer name ${wire} netns 1`,
    `ip address add ${ip}/32 dev eth0`,
    "ip link set eth0 up",
    `ip route add ${NETWORK.node} dev eth0`,
    `ip route add default via ${NETWORK.node} dev eth0`,
    `${outside} ip link set ${wire} up`,
    `${outside} ip route replace ${ip}/32 dev ${wire} src ${NETWORK.node}`,
    // Pods reach each other through it.
    `${outside} /bin/sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'`,
  ].join("\n");
}
