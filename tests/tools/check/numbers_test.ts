/** Constants of C that are typed in are found. */

import { assertEquals } from "../../assert.ts";
import { typedIn } from "../../../cmd/dev/check/numbers.ts";

Deno.test("a number for a constant of C is found, what is derived or our own is not", () => {
  const text = [
    "const EBUSY = 16;",
    "export const RTE_MAX_LCORE = 128;",
    "/** `RTE_MAX_ETHPORTS`. */",
    "const MAX_PORTS = 32;",
    "  /** `RING_F_SP_ENQ`: one producer. */",
    "  SP_ENQ: 0x01,",
    "  VLAN: 1n << 3n,",
    "const SIGNALS = { SIGHUP: 1, USUAL: 2 };",
    "export const NO_LIMIT = 0xffff_ffffn; // no name of C",
    "const EMPTIED = 16;",
    "const flags = shared ? SHIM_FILES_UNSHARED : 0;",
    "if (result === -EBUSY) return 1;",
    "const NOT_READY = SHIM_NOT_READY;",
    "/** `RTE_TEST_RX_DESC_DEFAULT` of the sample. */",
    "const RX_DESCRIPTORS = 128;",
    " * const EPERM = 1;",
    "static readonly O_CLOEXEC = 0o2000000;",
    'throw new DpdkError({ code: "EINVAL", errno: 22, reason });',
    "throw new DpdkError({ errno: -result, reason });",
  ].join("\n");
  assertEquals(typedIn(text).map(({ line, name }) => `${line} ${name}`), [
    "1 EBUSY",
    "2 RTE_MAX_LCORE",
    "4 RTE_MAX_ETHPORTS",
    "6 RING_F_SP_ENQ",
    "8 SIGHUP",
    "17 O_CLOEXEC",
    "18 errno",
  ]);
});
