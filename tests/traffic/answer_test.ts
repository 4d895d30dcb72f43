/** The script that answers ARP and ping: the kernel's own tools ask it, over net_tap. */

import { fileURLToPath } from "node:url";
import { assertEquals, assertStringIncludes } from "../assert.ts";
import { testPrefix } from "../harness.ts";
import { Namespace, whyNoTaps } from "./namespace.ts";

const reason = await whyNoTaps();
const because = reason === undefined ? "" : ` (ignored: ${reason})`;

const SCRIPT = fileURLToPath(new URL("../../cmd/scripts/answer.ts", import.meta.url));
const COMMAND = { command: Deno.execPath(), args: ["run", "-A", "--no-check", SCRIPT] };

Deno.test({
  name: `answer: a real ping and arping are answered over net_tap${because}`,
  ignore: reason !== undefined,
  async fn() {
    await using prefix = testPrefix();
    const tap = `dtE${Deno.pid}`;
    const eal = prefix.eal({ lcores: "0@0", extra: [`--vdev=net_tap0,iface=${tap}`] });
    const answer = prefix.spawn("answer", COMMAND, [...eal, "--", "-a", "10.72.0.2"]);
    const [, mac = ""] = await answer.waitFor(/^10\.72\.0\.2 is at ([0-9A-F:]{17})$/m);
    await using inside = await Namespace.create(`${prefix.name}_a`);
    await inside.take(tap, "10.72.0.1/24");
    const ask = async (program: string, ...args: string[]) => {
      const process = prefix.spawn(program, inside.inside(program, ...args));
      const { code } = await process.ended();
      return { code, text: process.stdout };
    };
    // small and large ones, of a pattern that ping compares
    for (const size of ["8", "56", "1400"]) {
      const args = ["-n", "-c", "5", "-i", "0.01", "-w", "30", "-p", "d7", "-s", size, "10.72.0.2"];
      const { code, text } = await ask("ping", ...args);
      assertEquals(code, 0, text);
      assertStringIncludes(text, " 0% packet loss");
      assertEquals(/wrong data|DUP|BAD/.test(text), false, text);
    }
    const arped = await ask("arping", "-c", "2", "-w", "30", "-I", tap, "10.72.0.2");
    assertEquals(arped.code, 0, arped.text);
    assertStringIncludes(arped.text, `Unicast reply from 10.72.0.2 [${mac}]`);
    // it is nobody else
    const other = await ask("arping", "-c", "1", "-w", "1", "-I", tap, "10.72.0.3");
    assertStringIncludes(other.text, "Received 0 response(s)");
    assertEquals((await answer.endBy(() => answer.kill("SIGINT"))).code, 0);
  },
});

Deno.test("answer: a wrong address is one line", async () => {
  await using prefix = testPrefix();
  const args = [
    ...prefix.eal({ lcores: "0@0", extra: ["--vdev=net_null0"] }),
    "--",
    "-a",
    "10.0.0",
  ];
  const process = prefix.spawn("answer", COMMAND, args);
  assertEquals((await process.ended()).code, 1);
  assertEquals(
    process.stderr,
    "answer: -a: expected an IPv4 address such as 10.0.0.2, got '10.0.0'\n",
  );
});
