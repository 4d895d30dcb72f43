/**
 * Network namespaces for tests, and whether this machine can have them.
 *
 * @module
 */

import { testPrefix } from "../harness.ts";
import { runToEnd } from "../../cmd/lib/command.ts";

/** Runs `ip`; what it printed. */
export async function ip(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await runToEnd("ip", args);
  if (!success) throw new Error(`ip ${args.join(" ")}: ${stderr.trim()}`);
  return stdout.trim();
}

/** A network namespace that is gone at the end of the block, with the interfaces in it. */
export class Namespace implements AsyncDisposable {
  private constructor(readonly name: string) {}

  /**
   * Makes one. Its name begins with that of a test's prefix, so that no other test has it and the
   * runner knows whose it is when the test is killed.
   */
  static async create(name: string): Promise<Namespace> {
    await ip("netns", "add", name);
    return new Namespace(name);
  }

  /** The command that runs another one inside. */
  inside(...command: string[]): { command: string; args: string[] } {
    return { command: "ip", args: ["netns", "exec", this.name, ...command] };
  }

  /** Takes an interface in and gives it addresses; each is on and answers then. */
  async take(device: string, ...addresses: string[]): Promise<void> {
    await ip("link", "set", device, "netns", this.name);
    for (const address of addresses) {
      await ip("-n", this.name, "address", "add", address, "dev", device, "nodad");
    }
    await ip("-n", this.name, "link", "set", device, "up");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await ip("netns", "delete", this.name);
  }
}

/** Why this machine can have no tap devices in network namespaces; undefined where it can. */
export async function whyNoTaps(): Promise<string | undefined> {
  try {
    using _tun = await Deno.open("/dev/net/tun", { read: true, write: true });
  } catch (error) {
    return `/dev/net/tun cannot be opened: ${error instanceof Error ? error.message : error}`;
  }
  try {
    await using _namespace = await Namespace.create(`${testPrefix().name}_probe`);
  } catch (error) {
    return `no network namespaces: ${error instanceof Error ? error.message : error}`;
  }
  return undefined;
}
