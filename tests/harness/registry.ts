/**
 * Registries on this machine, as Deno asks them: one of npm's kind and one of JSR's. Tests of
 * packages need no other.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { runToEnd } from "../../cmd/lib/command.ts";

/** What a command prints; it must not fail. */
async function must(command: string, args: string[], cwd?: string): Promise<string> {
  const ended = await runToEnd(command, args, cwd === undefined ? {} : { cwd });
  if (!ended.success) throw new Error(`${command} ${args[0]}: ${ended.text}`);
  return ended.stdout;
}

/** A server that answers by paths, until disposal. */
abstract class Server implements AsyncDisposable {
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const [path = ""] = request.url.slice(this.url.length - 1).split("?");
      return this.answer(request, decodeURIComponent(path));
    },
  );

  /** Where it is, with a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  protected abstract answer(request: Request, path: string): Response | Promise<Response>;

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

const NOT_FOUND = () => new Response("not found", { status: 404 });

/** The manifest of a package of npm's kind. */
function manifestIn(folder: string): { name: string; version: string } {
  return JSON.parse(Deno.readTextFileSync(`${folder}/package.json`));
}

/** Folders of packages, by version. */
type Versions = Map<string, string>;

/**
 * A registry of npm's kind. It has the packages that Deno has in its cache, and those that a test
 * adds.
 */
export class NpmRegistry extends Server {
  readonly #folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  readonly #cache: string;
  readonly #own = new Map<string, Versions>();
  readonly #tarballs = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  private constructor(cache: string) {
    super();
    this.#cache = cache;
  }

  static async start(): Promise<NpmRegistry> {
    const { npmCache }: { npmCache: string } = JSON.parse(
      await must(Deno.execPath(), ["info", "--json"]),
    );
    return new NpmRegistry(`${npmCache}/registry.npmjs.org`);
  }

  /** Adds a package, as `npm pack` makes them. */
  async add(tarball: string): Promise<void> {
    const folder = Deno.makeTempDirSync({ dir: this.#folder });
    await must("tar", ["-xzf", tarball, "-C", folder]);
    const { name, version } = manifestIn(`${folder}/package`);
    this.#own.set(name, new Map([[version, `${folder}/package`]]));
  }

  #versions(name: string): Versions {
    const own = this.#own.get(name);
    if (own) return own;
    try {
      const folders = [...Deno.readDirSync(`${this.#cache}/${name}`)];
      return new Map(
        folders.filter(({ isDirectory }) => isDirectory)
          .map(({ name: version }) => [version, `${this.#cache}/${name}/${version}`]),
      );
    } catch {
      return new Map();
    }
  }

  /** The tarball of a package's folder, made once. */
  #tarball(key: string, folder: string): Promise<Uint8Array<ArrayBuffer>> {
    const path = `${this.#folder}/${this.#tarballs.size}.tgz`;
    const made = this.#tarballs.get(key) ??
      must("tar", ["-czf", path, "-C", folder, "--transform=s,^\\.,package,", "."])
        .then(() => Deno.readFileSync(path));
    this.#tarballs.set(key, made);
    return made;
  }

  protected async answer(_: Request, path: string): Promise<Response> {
    const [, name = "", version] = path.match(/^\/((?:@[^/]+\/)?[^/]+)(?:\/-\/(.+)\.tgz)?$/) ?? [];
    const versions = this.#versions(name);
    if (version !== undefined) {
      const folder = versions.get(version);
      return folder === undefined
        ? NOT_FOUND()
        : new Response(await this.#tarball(`${name}@${version}`, folder));
    }
    if (versions.size === 0) return NOT_FOUND();
    const described = await Promise.all(
      [...versions].map(async ([version, folder]) => {
        const content = manifestIn(folder);
        const hash = createHash("sha512").update(await this.#tarball(`${name}@${version}`, folder));
        const integrity = `sha512-${hash.digest("base64")}`;
        const tarball = `${this.url}${name}/-/${version}.tgz`;
        return [version, { ...content, dist: { tarball, integrity } }] as const;
      }),
    );
    const latest = described.at(-1)?.[0];
    return Response.json({
      name,
      "dist-tags": { latest },
      versions: Object.fromEntries(described),
    });
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

/** A registry of JSR's kind: `deno publish` publishes to it, and programs import from it. */
export class JsrRegistry extends Server {
  readonly #folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
  /** A path, as `libshim/ring.c`, whose file is served with a byte more. */
  changed: string | undefined;

  constructor(readonly name: string, readonly version: string) {
    super();
  }

  /** Where the package's files are, as a program sees them. */
  get root(): string {
    return `${this.url}${this.name}/${this.version}/`;
  }

  async #take(request: Request): Promise<Response> {
    const path = `${this.#folder}/published.tgz`;
    Deno.writeFileSync(path, new Uint8Array(await request.arrayBuffer()));
    Deno.mkdirSync(`${this.#folder}/files`);
    await must("tar", ["-xzf", path, "-C", `${this.#folder}/files`]);
    return Response.json({ id: crypto.randomUUID(), status: "success", error: null });
  }

  #file(path: string): Uint8Array<ArrayBuffer> {
    return Deno.readFileSync(`${this.#folder}/files/${path}`);
  }

  /** What the registry says about the version: the digest of each file, and the entries. */
  #meta(): Response {
    const files = [...filesBelow(`${this.#folder}/files`)];
    const manifest = files.map((path) => {
      const bytes = this.#file(path);
      const checksum = `sha256-${createHash("sha256").update(bytes).digest("hex")}`;
      return [`/${path}`, { size: bytes.length, checksum }];
    });
    const text = new TextDecoder().decode(this.#file("deno.json"));
    const { exports }: { exports: Record<string, string> } = JSON.parse(text);
    return Response.json({ manifest: Object.fromEntries(manifest), exports });
  }

  protected answer(request: Request, path: string): Response | Promise<Response> {
    if (request.method === "POST") return this.#take(request);
    const [scope = "", name = ""] = this.name.slice(1).split("/");
    const within = path.replace(`/${this.name}/`, "");
    const versions = { [this.version]: {} };
    if (path.startsWith("/api/")) return Response.json({ scope, name });
    if (within === "meta.json") {
      return Response.json({ scope, name, latest: this.version, versions });
    }
    if (within === `${this.version}_meta.json`) return this.#meta();
    try {
      const file = within.replace(`${this.version}/`, "");
      const bytes = this.#file(file);
      const type = file.endsWith(".ts") ? "text/typescript" : "application/octet-stream";
      const headers = { "content-type": file.endsWith(".json") ? "application/json" : type };
      return new Response(file === this.changed ? new Uint8Array([...bytes, 10]) : bytes, {
        headers,
      });
    } catch {
      return NOT_FOUND();
    }
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

function* filesBelow(folder: string, within = ""): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(`${folder}/${within}`)) {
    if (isDirectory) yield* filesBelow(folder, `${within}${name}/`);
    else yield `${within}${name}`;
  }
}
