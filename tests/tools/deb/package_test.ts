/** The Debian package of the programs: what its control file says, and what is inside. */

import { fileURLToPath } from "node:url";
import { packedFiles } from "../../../cmd/dev/deb/files.ts";
import { controlOf, makePackage, packageFile } from "../../../cmd/dev/deb/package.ts";
import { hasProgram } from "../../../cmd/lib/setup/step.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../../assert.ts";
import { runToEnd } from "../../../cmd/lib/command.ts";

async function dpkgDeb(...args: string[]): Promise<string> {
  const { success, stdout } = await runToEnd("dpkg-deb", args);
  assertEquals(success, true);
  return stdout;
}

Deno.test("control names the version, the glibc that is needed, and the size", () => {
  const control = controlOf({ version: "1.2.0-rc.1", glibc: "2.36", kib: 300 });
  for (
    const line of ["Version: 1.2.0~rc.1\n", "Depends: libc6 (>= 2.36)\n", "Installed-Size: 300\n"]
  ) assertStringIncludes(control, line);
});

Deno.test("the package has its files, root's and for everybody, and a script for its end", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "deb-" });
  const umask = Deno.umask(0o077);
  try {
    Deno.writeTextFileSync(`${folder}/one`, "x".repeat(1500), { mode: 0o700 });
    const contents = {
      version: "1.2.3",
      glibc: "2.36",
      files: [
        { path: "/usr/bin/one", content: { file: `${folder}/one` }, isProgram: true },
        { path: "/usr/share/doc/one/copyright", content: "free" },
        { path: "/usr/share/one.gz", content: new Uint8Array(1500) },
      ],
    };
    const path = await makePackage(contents, folder);
    assertEquals(path, `${folder}/${packageFile("1.2.3")}`);
    const lines = (await dpkgDeb("--contents", path)).trim().split("\n");
    assertEquals(
      lines.map((line) => line.replace(/ +\d+ \S+ \S+ /, " ")),
      [
        "drwxr-xr-x root/root ./",
        "drwxr-xr-x root/root ./usr/",
        "drwxr-xr-x root/root ./usr/bin/",
        "-rwxr-xr-x root/root ./usr/bin/one",
        "drwxr-xr-x root/root ./usr/share/",
        "drwxr-xr-x root/root ./usr/share/doc/",
        "drwxr-xr-x root/root ./usr/share/doc/one/",
        "-rw-r--r-- root/root ./usr/share/doc/one/copyright",
        "-rw-r--r-- root/root ./usr/share/one.gz",
      ],
    );
    assertEquals(await dpkgDeb("--field", path, "Installed-Size"), "3\n");
    assertStringIncludes(await dpkgDeb("--info", path, "postrm"), "rm -rf /var/cache/denodpdk");
    // nothing is left of what it was made in
    assertEquals(
      [...Deno.readDirSync(folder)].map(({ name }) => name).sort(),
      [packageFile("1.2.3"), "one"],
    );
  } finally {
    Deno.umask(umask);
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("denodpdk's package has the program, man pages, completions and an example", async () => {
  const files = await packedFiles("/nonexistent/denodpdk", "1.2.3");
  const paths = files.map(({ path }) => path);
  for (
    const path of [
      "/usr/bin/denodpdk",
      "/usr/share/bash-completion/completions/denodpdk",
      "/usr/share/doc/denodpdk/copyright",
      "/usr/share/doc/denodpdk/examples/mp_server.service",
      "/usr/share/fish/vendor_completions.d/denodpdk.fish",
      "/usr/share/man/man1/denodpdk-simple_mp.1.gz",
      "/usr/share/man/man1/denodpdk.1.gz",
      "/usr/share/zsh/vendor-completions/_denodpdk",
    ]
  ) assert(paths.includes(path), path);
  assertEquals(files.filter(({ isProgram }) => isProgram).length, 1);
});

const UNIT = fileURLToPath(new URL("../../../cmd/dev/deb/mp_server.service", import.meta.url));

Deno.test({
  name: "systemd has nothing to say against the example of a service",
  ignore: !hasProgram("systemd-analyze"),
  async fn() {
    const folder = Deno.makeTempDirSync({ prefix: "denodpdk-test-" });
    try {
      const text = Deno.readTextFileSync(UNIT);
      assertMatch(text, /^ExecStart=\/usr\/bin\/denodpdk mp_server /m);
      // the program need not be installed here
      Deno.writeTextFileSync(
        `${folder}/mp_server.service`,
        text.replace("=/usr/bin/denodpdk ", "=/bin/true "),
      );
      const args = ["verify", "--man=no", `${folder}/mp_server.service`];
      const { success, text: said } = await runToEnd("systemd-analyze", args);
      assertEquals([success, said], [true, ""]);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
