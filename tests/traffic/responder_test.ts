/** `receive --answer`: the kernel's own tools are answered, and a kernel that routes finds the way. */

import { fileURLToPath } from "node:url";
import { assertEquals, assertStringIncludes } from "../assert.ts";
import { testPrefix } from "../harness.ts";
import { ip, Namespace, whyNoTaps } from "./namespace.ts";

const reason = await whyNoTaps();
const because = reason === undefined ? "" : ` (ignored: ${reason})`;

const MAIN = fileURLToPath(new URL("../../cmd/traffic/main.ts", import.meta.url));
const TRAFFIC = { command: Deno.execPath(), args: ["run", "-A", "--no-check", MAIN] };
const PACKETS = 200;

/** Asks a `receive` for all that it answers, on a queue for each of its lcores; gives what it said. */
async function answersOf(lcores: string): Promise<string> {
  await using prefix = testPrefix();
  const tap = `dtR${Deno.pid}`;
  const receive = prefix.spawn("receive", TRAFFIC, [
    ...prefix.eal({ lcores, extra: [`--vdev=net_tap0,iface=${tap}`] }),
    ...["--", "receive", "--answer", "10.73.0.2,10.73.0.16/28,fd73::2"],
  ]);
  await receive.waitFor(/1 s: received/);
  await using inside = await Namespace.create(`${prefix.name}_r`);
  await inside.take(tap, "10.73.0.1/24", "fd73::1/64");
  const ask = async (program: string, ...args: string[]) => {
    const process = prefix.spawn(program, inside.inside(program, ...args));
    const { code } = await process.ended();
    return { code, text: process.stdout };
  };
  for (const address of ["10.73.0.2", "10.73.0.31", "fd73::2"]) {
    for (const size of ["8", "1400"]) {
      const args = ["-n", "-c", "5", "-i", "0.01", "-w", "30", "-p", "d7", "-s", size, address];
      const { code, text } = await ask("ping", ...args);
      assertEquals(code, 0, text);
      assertStringIncludes(text, " 0% packet loss");
      assertEquals(/wrong data|DUP|BAD/.test(text), false, text);
    }
  }
  const arped = await ask("arping", "-c", "2", "-w", "30", "-I", tap, "10.73.0.17");
  assertStringIncludes(arped.text, "Unicast reply from 10.73.0.17");
  const other = await ask("arping", "-c", "1", "-w", "1", "-I", tap, "10.73.0.3");
  assertStringIncludes(other.text, "Received 0 response(s)");
  assertEquals((await receive.endBy(() => receive.kill("SIGINT"))).code, 0);
  // 30 pings, 2 from arping, and those with which the kernel found the addresses
  const answered = Number(/^answered: (\d+) questions$/m.exec(receive.stdout)?.[1]);
  assertEquals(answered >= 35, true, receive.stdout);
  return receive.stdout;
}

Deno.test({
  name: `receive --answer: ping, arping and ping over IPv6 are answered over net_tap${because}`,
  ignore: reason !== undefined,
  fn: async () => void await answersOf("0@0"),
});

Deno.test({
  name: `receive --answer: the lcores of two queues answer what comes on theirs${because}`,
  ignore: reason !== undefined,
  async fn() {
    const text = await answersOf("0@0,1@0");
    const [, first, second] = /^queues: +(\d+) on queue 0, (\d+) on queue 1$/m.exec(text) ?? [];
    // the kernel chooses a queue by a hash of addresses
    assertEquals(Number(first) > 0 && Number(second) > 0, true, text);
  },
});

Deno.test({
  name: `a kernel that routes between two ports loses nothing of what is sent through it${because}`,
  ignore: reason !== undefined,
  async fn() {
    await using here = testPrefix();
    await using there = testPrefix();
    const [left, right] = [`dtS${Deno.pid}`, `dtT${Deno.pid}`];
    const receive = here.spawn("receive", TRAFFIC, [
      ...here.eal({ lcores: "0@0", extra: ["-m", "64", `--vdev=net_tap0,iface=${right}`] }),
      ...["--", "receive", "--answer", "10.75.0.2"],
    ]);
    await receive.waitFor(/1 s: received/);
    await using router = await Namespace.create(`${here.name}_s`);
    const inside = async (...args: string[]) => {
      const { code } = await here.spawn(args[0]!, router.inside(...args)).ended();
      assertEquals(code, 0, args.join(" "));
    };
    // also for interfaces that come later
    for (const name of ["ip_forward", "conf.default.forwarding"]) {
      await inside("sysctl", "-qw", `net.ipv4.${name}=1`);
    }
    await router.take(right, "10.75.0.1/24");
    const mac = "02:74:00:00:00:01";
    const frame = `ether(dst=${mac})/ipv4(src=10.74.0.2,dst=10.75.0.2)/udp(dport=9)`;
    const eal = there.eal({
      lcores: "1@1",
      extra: ["-m", "64", `--vdev=net_tap1,iface=${left},mac=${mac}`],
    });
    // within the namespace, where its interface needs no address
    const { command, args } = router.inside(TRAFFIC.command, ...TRAFFIC.args);
    const sender = there.spawn("send", { command, args }, [
      ...eal,
      ...["--", "send", "--frame", frame, "--size", "128", "--stream", "3", "--rate", "100pps"],
    ]);
    await sender.waitFor(new RegExp(`${1 + PACKETS / 100} s: sent`));
    const neighbours = await ip("-n", router.name, "neighbour", "show", "10.75.0.2");
    assertStringIncludes(neighbours, "lladdr");
    assertEquals((await sender.endBy(() => sender.kill("SIGINT"))).code, 0);
    assertEquals((await receive.endBy(() => receive.kill("SIGINT"))).code, 0);
    const [, received = ""] = /^stream 3: (\d+) received, 0 lost, 0 copies, 0 reordered/m
      .exec(receive.stdout) ?? [];
    assertEquals(Number(received) >= PACKETS, true, receive.stdout + sender.stdout);
  },
});
