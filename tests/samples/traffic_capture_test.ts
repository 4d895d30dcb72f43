/** traffic capture beside a running primary: it takes packets out of a ring, and ends with the primary. */

import { runToEnd } from "../../cmd/lib/command.ts";
import { assertEquals, assertMatch } from "../assert.ts";
import { program, SharedFolder, startSimpleMp, testPrefix } from "../harness.ts";

/** The ring between sending and receiving on the device. */
const RING = "ETH_RXTX0_net_ring0";

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  Deno.test(`capture from a ring: the primary ends by ${signal}, and all that was sent is in the file`, async () => {
    using folder = new SharedFolder();
    await using prefix = testPrefix();
    const extra = ["-m", "64", "--vdev=net_ring0"];
    const sender = prefix.spawn("send", program("traffic"), [
      ...prefix.eal({ lcores: "0@0", extra }),
      ...["--", "send", "--rate", "300pps", "--json", folder.there("sent.json")],
    ]);
    await sender.waitFor("1 s: sent");
    const capture = prefix.spawn("capture", program("traffic"), [
      ...prefix.eal({ lcores: "1@1", type: "secondary" }),
      ...["--", "capture", folder.there("out.pcapng"), "--ring", RING],
      ...["--json", folder.there("captured.json")],
    ]);
    await capture.waitFor(/captured (?!nothing)/);
    await capture.waitFor(/captured (?!nothing)/, { from: capture.stdout.length });
    sender.kill(signal);
    await sender.ended();
    assertEquals((await capture.ended()).code, 0, capture.stderr);
    assertMatch(capture.stdout, /^The primary, .*, has ended, and so does the capture$/m);
    const { result } = JSON.parse(folder.text("captured.json"));
    const { received, captured, written, dropped } = result;
    assertEquals([captured, written, dropped], [received, received, 0]);
    const { stdout, success, stderr } = await runToEnd("capinfos", [
      ...["-M", "-c", folder.here("out.pcapng")],
    ]);
    assertEquals([success, Number(/:\s+(\d+)$/m.exec(stdout)?.[1])], [true, captured], stderr);
    if (signal === "SIGTERM") {
      const { result: { report } } = JSON.parse(folder.text("sent.json"));
      assertEquals(captured, report.sent);
    }
    assertEquals(prefix.files(), []);
  });
}

Deno.test("capture from a ring of messages: it is refused, and the message stays", async () => {
  using folder = new SharedFolder();
  await using prefix = testPrefix();
  const primary = await startSimpleMp(prefix, { type: "primary", lcores: "0@0,1@0" });
  const capture = prefix.spawn("capture", program("traffic"), [
    ...prefix.eal({ lcores: "2@1", type: "secondary" }),
    ...["--", "capture", folder.there("out.pcapng"), "--ring", "PRI_2_SEC"],
  ]);
  // it waits for what comes
  await capture.waitFor("captured nothing");
  await primary.process.send("send hello");
  assertEquals((await capture.ended()).code, 1);
  assertMatch(
    capture.stderr,
    /^traffic: --ring: expected a ring of packets, got 'PRI_2_SEC' \(what it holds .*\)$/m,
  );
  const secondary = await startSimpleMp(prefix, { type: "secondary", lcores: "2@1,3@1" });
  await secondary.process.waitFor("Received 'hello'");
});
