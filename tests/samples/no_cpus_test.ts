/** A system without its CPUs in `/sys`, as a bare container or chroot: one line, and how to cure it. */

import { assertEquals, assertMatch } from "../assert.ts";
import { OWN_OPTIONS, program, SYSTEM_ROOT, testPrefix, type TestProcess } from "../harness.ts";

const SHADOW = `mount -t tmpfs none '${SYSTEM_ROOT}/sys/devices/system/cpu' && exec "$0" "$@"`;

async function ended(process: TestProcess): Promise<number | undefined> {
  await process.closeStdin();
  return (await process.ended()).code;
}

for (const [name, own] of Object.entries(OWN_OPTIONS)) {
  Deno.test(`${name}: no CPUs in /sys`, async () => {
    await using prefix = testPrefix();
    const { command, args } = program(name);
    const shadowed = { command: "unshare", args: ["-m", "sh", "-c", SHADOW, command, ...args] };
    const process = prefix.spawn(name, shadowed, [...prefix.eal(), ...own]);
    assertEquals(await ended(process), 1);
    assertMatch(
      process.stderr,
      RegExp(
        `^${name}: CPUs: /sys/devices/system/cpu shows none, .* \\(mount -t sysfs sysfs /sys\\)\n$`,
      ),
    );
    assertEquals(prefix.files(), []);
  });
}

Deno.test("doctor: no CPUs in /sys", async () => {
  await using prefix = testPrefix();
  const { command, args } = program("doctor");
  const shadowed = { command: "unshare", args: ["-m", "sh", "-c", SHADOW, command, ...args] };
  const process = prefix.spawn("doctor", shadowed, []);
  assertEquals(await ended(process), 1);
  assertMatch(process.stdout, /│ mount -t sysfs sysfs/);
});
