/** Primaries that a program cannot work with: one line that names what is there, at once. */

import { assertEquals, assertMatch } from "../assert.ts";
import { type Prefix, program, startMpServer, startSimpleMp, testPrefix } from "../harness.ts";
import type { TestProcess } from "../harness.ts";

/** Secondaries with arguments that are right, each with an lcore of its own. */
const SECONDARIES: Record<string, (prefix: Prefix) => string[]> = {
  simple_mp: (prefix) => prefix.eal({ type: "secondary", lcores: "20@0" }),
  symmetric_mp: (prefix) => [
    ...prefix.eal({ type: "secondary", lcores: "21@0" }),
    ...["--", "-p", "3", "--num-procs=2", "--proc-id=1"],
  ],
  mp_client: (prefix) => [...prefix.eal({ lcores: "22@0" }), "--", "-n", "0"],
  inspect: ({ name }) => [`--file-prefix=${name}`],
  "inspect --pci": ({ name }) => [`--file-prefix=${name}`, "--pci"],
};

/** What a secondary that must be refused says: one line, and in so little time that it tried once. */
async function refusal(prefix: Prefix, name: string): Promise<string> {
  const [file = ""] = name.split(" ");
  const process = prefix.spawn(name, program(file), SECONDARIES[name]?.(prefix));
  await process.closeStdin();
  const { code, signal } = await process.ended();
  const said = process.stderr.replace(/^([A-Z_]+|vdev_probe\(\)): .*\n/gm, "");
  assertEquals(
    { code, signal, stdout: process.stdout },
    { code: 1, signal: null, stdout: "" },
    said,
  );
  assertMatch(said, new RegExp(`^${file}: [^\\n]{10,}\\n$`), `not one line: ${said}`);
  return said;
}

async function refusals(prefix: Prefix, names: readonly string[], line: RegExp): Promise<void> {
  const said = await Promise.all(names.map((name) => refusal(prefix, name)));
  for (const text of said) assertMatch(text, line);
}

const at = ({ pid }: TestProcess) => `simple_mp \\(pid ${pid}\\)`;

Deno.test("a primary without ports: who needs some says so, and nobody aborts", async () => {
  await using prefix = testPrefix();
  const { process } = await startSimpleMp(prefix);
  await refusals(
    prefix,
    ["symmetric_mp", "mp_client", "inspect --pci"],
    RegExp(`: --file-prefix=${prefix.name}: the primary, ${at(process)}, has no ports\\n$`),
  );
});

for (
  const [option, why] of [
    ["--huge-unlink", "keeps its memory to itself \\(--huge-unlink\\); no other process can"],
    ["--no-huge", "keeps its memory to itself \\(--no-huge\\); no other process can"],
  ] as const
) {
  Deno.test(`a primary with ${option}`, async () => {
    await using prefix = testPrefix();
    const { process } = await startSimpleMp(prefix, { extra: [option, "-m", "64"] });
    await refusals(
      prefix,
      Object.keys(SECONDARIES),
      RegExp(`--file-prefix=${prefix.name}: the primary, ${at(process)}, ${why}`),
    );
  });
}

Deno.test("a primary with --in-memory", async () => {
  await using prefix = testPrefix();
  const { process } = await startSimpleMp(prefix, { extra: ["--in-memory"] });
  await refusals(
    prefix,
    Object.keys(SECONDARIES),
    RegExp(`${at(process)} has file prefix '${prefix.name}' with --in-memory: nobody can attach`),
  );
});

Deno.test("another program's primary is named", async () => {
  await using prefix = testPrefix();
  const { process: { pid } } = await startMpServer(prefix);
  for (const name of ["simple_mp", "symmetric_mp"]) {
    assertMatch(
      await refusal(prefix, name),
      RegExp(
        `: --file-prefix=${prefix.name}: .*expected a primary of ${name}, got mp_server \\(pid ${pid}\\)\\n$`,
      ),
    );
  }
});

for (
  const [name, own] of [["mp_server", ["-p", "3", "-n", "1"]], ["l2fwd_fork", ["-p", "3"]]] as const
) {
  Deno.test(`${name} refuses for itself what keeps others out`, async () => {
    await using prefix = testPrefix();
    await Promise.all(
      ["--huge-unlink", "--no-huge", "--in-memory", "--no-shconf"].map(async (option) => {
        const process = prefix.spawn(name, program(name), [...prefix.eal(), option, "--", ...own]);
        await process.closeStdin();
        assertEquals((await process.ended()).code, 1);
        assertMatch(
          process.stderr,
          RegExp(`^${name}: ${option}: (slaves|clients) could not attach\\n$`),
        );
      }),
    );
    assertEquals(prefix.files(), []);
  });
}
