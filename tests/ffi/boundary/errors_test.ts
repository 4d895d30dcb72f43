/** The one error class: what its message says. */

import { constants } from "node:os";
import { DpdkError } from "../../../mod.ts";
import { assertEquals, assertInstanceOf, assertStrictEquals } from "../../assert.ts";

Deno.test("the message is one line: operation, code, reason, hint", () => {
  const error = new DpdkError({
    operation: "rte_ring_create(A)",
    errno: 17,
    code: "EEXIST",
    reason: "File exists",
    hint: "choose another name",
  });
  assertStrictEquals(
    error.message,
    "rte_ring_create(A): EEXIST: File exists (choose another name)",
  );
  assertEquals(
    [error.operation, error.errno, error.code, error.hint],
    ["rte_ring_create(A)", 17, "EEXIST", "choose another name"],
  );
});

Deno.test("what is left out does not show", () => {
  const error = new DpdkError({ operation: "-l", reason: "expected a list" });
  assertStrictEquals(error.message, "-l: expected a list");
  assertEquals([error.errno, error.code, error.hint], [0, "", undefined]);
  assertStrictEquals(
    new DpdkError({ operation: "x", code: "EPROTO", reason: "r" }).message,
    "x: EPROTO: r",
  );
  assertStrictEquals(
    new DpdkError({ operation: "x", reason: "r", hint: "h" }).message,
    "x: r (h)",
  );
});

Deno.test("a code alone gives the number of the kernel", () => {
  const codes =
    "EALREADY EBUSY EFBIG EINVAL ENAMETOOLONG ENODEV ENOENT ENOMEM ENOSPC ENOTSUP EPERM EPROTO"
      .split(" ");
  for (const code of codes) {
    const { errno } = new DpdkError({ operation: "x", code, reason: "r" });
    assertStrictEquals(errno, Object.entries(constants.errno).find(([name]) => name === code)?.[1]);
  }
});

Deno.test("it is an Error that shows its name", () => {
  const error = new DpdkError({ operation: "x", reason: "y" });
  assertInstanceOf(error, Error);
  assertStrictEquals(error.name, "DpdkError");
  assertStrictEquals(String(error), "DpdkError: x: y");
});
