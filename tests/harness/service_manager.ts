/**
 * A service manager as far as `sd_notify` knows one: a datagram socket.
 *
 * @module
 */

/** Prints each datagram that comes as a line of JSON; Deno has no such sockets without a flag. */
const LISTENER = `
import json, socket, sys
address = sys.argv[1]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind("\\0" + address[1:] if address[0] == "@" else address)
print(json.dumps("listening"), flush=True)
while True: print(json.dumps(listener.recv(4096).decode()), flush=True)
`;

/** A listening socket. */
export class ServiceManager implements AsyncDisposable {
  readonly #listener: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  private constructor(readonly address: string) {
    const args = ["-c", LISTENER, address];
    this.#listener = new Deno.Command("python3", { args, stdin: "null", stdout: "piped" }).spawn();
    this.#lines = this.#listener.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** @param address As `NOTIFY_SOCKET` has it: a path, or a name behind `@`. */
  static async listen(address: string): Promise<ServiceManager> {
    const manager = new ServiceManager(address);
    await manager.told();
    return manager;
  }

  /** What comes next. */
  async told(): Promise<string> {
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error(`nobody listens at ${this.address}`);
      this.#rest += value;
    }
    const end = this.#rest.indexOf("\n");
    const line = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + 1);
    return JSON.parse(line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.kill("SIGKILL");
    await this.#lines.cancel();
    await this.#listener.status;
  }
}
