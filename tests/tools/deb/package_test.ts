/** The Debian package of the programs: what its control file says, and what is inside. */

import { controlOf, makePackage, packageFile } from "../../../cmd/dev/deb/package.ts";
import { assertEquals, assertStringIncludes } from "../../assert.ts";
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

Deno.test("the package has the programs, root's and for everybody, and the license", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "deb-" });
  const umask = Deno.umask(0o077);
  try {
    for (const name of ["one", "two"]) {
      Deno.writeTextFileSync(`${folder}/${name}`, "x".repeat(1500), { mode: 0o700 });
    }
    Deno.writeTextFileSync(`${folder}/LICENSE`, "free");
    const programs = ["one", "two"].map((name) => `${folder}/${name}`);
    const contents = { version: "1.2.3", glibc: "2.36", programs, license: `${folder}/LICENSE` };
    const path = await makePackage(contents, folder);
    assertEquals(path, `${folder}/${packageFile("1.2.3")}`);
    const lines = (await dpkgDeb("--contents", path)).trim().split("\n");
    assertEquals(
      lines.map((line) => line.replace(/ +\d+ \S+ \S+ /, " ")),
      [
        "drwxr-xr-x root/root ./",
        "drwxr-xr-x root/root ./usr/",
        "drwxr-xr-x root/root ./usr/bin/",
        "-rwxr-xr-x root/root ./usr/bin/denodpdk-one",
        "-rwxr-xr-x root/root ./usr/bin/denodpdk-two",
        "drwxr-xr-x root/root ./usr/share/",
        "drwxr-xr-x root/root ./usr/share/doc/",
        "drwxr-xr-x root/root ./usr/share/doc/denodpdk/",
        "-rw-r--r-- root/root ./usr/share/doc/denodpdk/copyright",
      ],
    );
    assertEquals(await dpkgDeb("--field", path, "Installed-Size"), "3\n");
    // nothing is left of what it was made in
    assertEquals(
      [...Deno.readDirSync(folder)].map(({ name }) => name).sort(),
      ["LICENSE", packageFile("1.2.3"), "one", "two"],
    );
  } finally {
    Deno.umask(umask);
    Deno.removeSync(folder, { recursive: true });
  }
});
