/** What `deno task manual` changes in sources and pages. */

import { assertEquals, assertStringIncludes } from "../assert.ts";
import { hideInternals } from "../../cmd/dev/manual/internals.ts";
import { linkMembers, membersOf } from "../../cmd/dev/manual/links.ts";
import { finishPage } from "../../cmd/dev/manual/pages.ts";

Deno.test("marked members of classes become private, and nothing else", () => {
  const source = `export interface Held {
  /** @internal Its key. */
  key: string;
}

export class Ring {
  /** @internal Where C finds it. */
  get pointer(): bigint {
    return 0n;
  }

  /** Its name. */
  readonly name = "";

  /** What \`console.log\` shows. */
  [inspected](): string {
    return "";
  }
}
`;
  const hidden = hideInternals(source);
  assertEquals(
    hidden,
    source.replace("  get pointer", "  private get pointer").replace(
      "  [inspected]",
      "  private [inspected]",
    ),
  );
});

Deno.test("links to members of instances are such as deno doc finds", () => {
  const members = membersOf(JSON.stringify({
    nodes: {
      "file:///mod.ts": {
        symbols: [{
          name: "Port",
          declarations: [{
            kind: "class",
            def: { methods: [{ name: "rxQueue" }, { name: "open", isStatic: true }] },
          }],
        }],
      },
    },
  }));
  assertEquals(
    linkMembers("{@linkcode Port.rxQueue}, {@linkcode Port.open}, {@linkcode Port}", members),
    "{@linkcode Port.prototype.rxQueue | Port.rxQueue}, {@linkcode Port.open}, {@linkcode Port}",
  );
});

Deno.test("a page names the entries, and links to them", () => {
  const entries = [
    { name: "denodpdk", module: "./mod.ts" },
    { name: "denodpdk/net", module: "./ffi/net/net.ts" },
  ];
  const page = finishPage(
    `<a href="../index.html" class="contextLink">default</a>
     import { Port } from &quot;.&quot;; import { ipv4 } from &quot;net&quot;;
     <nav class="topSymbols"><li>DpdkError</li></nav> <code>denodpdk/net</code>`,
    entries,
    "../",
  );
  assertStringIncludes(page, 'class="contextLink">denodpdk</a>');
  assertStringIncludes(page, "import { Port } from &quot;denodpdk&quot;;");
  assertStringIncludes(page, "import { ipv4 } from &quot;denodpdk/net&quot;;");
  assertStringIncludes(page, '<a href="../net/index.html"><code>denodpdk/net</code></a>');
  assertEquals(page.includes("DpdkError"), false);
});
