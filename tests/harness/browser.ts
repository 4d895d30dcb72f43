/**
 * Chromium without a window, for pages: driven by its DevTools protocol, a few calls of it.
 *
 * @module
 */

import { pathToFileURL } from "node:url";
import { hasProgram } from "../../cmd/lib/setup/step.ts";
import type { Prefix } from "./prefix.ts";
import type { TestProcess } from "./process.ts";

/** The browser's program: the one without windows, or the whole one, which can do without. */
const PROGRAM = ["chromium-headless-shell", "chromium"].find(hasProgram);

/** Why there is no browser; undefined where there is one. */
export const whyNoBrowser: string | undefined = PROGRAM
  ? undefined
  : "no chromium-headless-shell and no chromium, which `deno task setup --tests` installs";

/** What a page is shown on. */
export interface Viewport {
  /** CSS pixels. */
  width: number;
  scheme: "light" | "dark";
}

/** CSS pixels. */
const HEIGHT = 900;

interface Message {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** A browser with one page. Disposal ends it. */
export class Browser implements AsyncDisposable {
  /** What the page wrote to its console, errors that it threw, and what the browser had to say. */
  readonly complaints: string[] = [];
  /** What was loaded, by URL. */
  readonly requests: string[] = [];
  readonly #process: TestProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly #events = new Map<string, () => void>();
  #session: string | undefined;
  #count = 0;

  /** Starts a browser. */
  static async start(prefix: Prefix): Promise<Browser> {
    if (!PROGRAM) throw new Error(whyNoBrowser);
    const profile = Deno.makeTempDirSync({ prefix: "denodpdk-browser-" });
    const args = [
      "--headless",
      // root has no sandbox, and the page is ours
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-crash-reporter",
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      "about:blank",
    ];
    const process = prefix.spawn("chromium", { command: PROGRAM, args }, [], {
      env: { HOME: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile },
    });
    const listening = /DevTools listening on (ws:\S+)/;
    const [, url = ""] = await process.waitFor(listening, { on: "stderr" });
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error(`no connection to ${url}`));
    });
    const browser = new Browser(process, profile, socket);
    await browser.#attach();
    return browser;
  }

  private constructor(process: TestProcess, profile: string, socket: WebSocket) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
  }

  /** Shows a file. */
  async open(path: string, viewport: Viewport): Promise<void> {
    await this.view(viewport);
    const loaded = new Promise<void>((resolve) => this.#events.set("Page.loadEventFired", resolve));
    await this.#call("Page.navigate", { url: pathToFileURL(path).href });
    await loaded;
    await this.#settled();
  }

  /** Shows the page elsewhere. */
  async view({ width, scheme }: Viewport): Promise<void> {
    const size = { width, height: HEIGHT, deviceScaleFactor: 1, mobile: false };
    await this.#call("Emulation.setDeviceMetricsOverride", size);
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.#call("Emulation.setEmulatedMedia", { features });
    await this.#settled();
  }

  /** What an expression is in the page, as JSON. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#call("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: T }).value;
  }

  /** Writes the whole page to a PNG file. */
  async screenshot(path: string, captureBeyondViewport = true): Promise<void> {
    const options = { captureBeyondViewport, format: "png" };
    const { data } = await this.#call("Page.captureScreenshot", options);
    Deno.writeFileSync(
      path,
      Uint8Array.from(atob(data as string), (letter) => letter.charCodeAt(0)),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#session = undefined;
    this.#call("Browser.close", {}).catch(() => {});
    await closed;
    await this.#process.ended();
    Deno.removeSync(this.#profile, { recursive: true });
  }

  async #attach(): Promise<void> {
    const { targetId } = await this.#call("Target.createTarget", { url: "about:blank" });
    const flatten = { targetId, flatten: true };
    const { sessionId } = await this.#call("Target.attachToTarget", flatten);
    this.#session = sessionId as string;
    for (const domain of ["Page", "Runtime", "Log", "Network"]) {
      await this.#call(`${domain}.enable`, {});
    }
  }

  /** Two frames: what a change leads to has been drawn. */
  async #settled(): Promise<void> {
    await this.evaluate(
      "new Promise((resolve) => requestAnimationFrame(() => " +
        "requestAnimationFrame(() => resolve(true))))",
    );
  }

  async #call(method: string, params: unknown): Promise<Record<string, unknown>> {
    const id = ++this.#count;
    const answer = new Promise<Message>((resolve) => this.#answers.set(id, resolve));
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    this.#socket.send(JSON.stringify({ id, method, params, ...session }));
    const { result = {}, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  #take({ id, method = "", params = {}, ...message }: Message): void {
    if (id !== undefined) {
      this.#answers.get(id)?.(message);
      this.#answers.delete(id);
      return;
    }
    if (
      ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"].includes(method)
    ) {
      this.complaints.push(`${method}: ${JSON.stringify(params)}`);
    }
    if (method === "Network.requestWillBeSent") {
      this.requests.push((params["request"] as { url: string }).url);
    }
    this.#events.get(method)?.();
  }
}
