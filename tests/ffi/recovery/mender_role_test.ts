/** Which process mends, whichever comes first: the record and who lives are told by the test. */

import { assertEquals } from "../../assert.ts";
import { MenderRole, type RoleRecord } from "../../../ffi/recovery/mender_role.ts";

const SERVER = 1n;
const CLIENT = 2n;
const OTHER = 3n;

/** The journal's words that all processes share. */
interface Shared {
  mender: bigint;
  primary: bigint;
  terms: bigint;
}

/** The record as one process has it. */
class SharedRecord implements RoleRecord {
  constructor(readonly self: bigint, readonly shared: Shared) {}

  get mender(): bigint {
    return this.shared.mender;
  }

  get primary(): bigint {
    return this.shared.primary;
  }

  get terms(): bigint {
    return this.shared.terms;
  }

  set primaryMends(is: boolean) {
    this.shared.primary = is ? this.self : 0n;
  }

  becomeMender(before: bigint): boolean {
    if (this.mender !== before) return false;
    this.shared.mender = this.self;
    this.shared.terms++;
    return true;
  }

  resignAsMender(): void {
    if (this.mender === this.self) this.shared.mender = 0n;
  }
}

/** Roles of a server, which is the primary, and its clients. */
class Roles {
  readonly shared: Shared = { mender: 0n, primary: 0n, terms: 0n };
  readonly living = new Set<bigint>();
  readonly #roles = new Map<bigint, MenderRole>();

  /** The thread of a process's mender starts. */
  start(self: bigint): MenderRole {
    const role = new MenderRole(new SharedRecord(self, this.shared), self === SERVER);
    this.living.add(self);
    this.#roles.set(self, role);
    return role;
  }

  /** A process that has nothing to finish, or has, looks. */
  look(self: bigint, idle = true): boolean {
    const isLiving = (identity: bigint) => identity !== self && this.living.has(identity);
    return this.#roles.get(self)?.holds(isLiving, idle) ?? false;
  }

  /** Who mends after each of these has looked. */
  looks(...selves: bigint[]): boolean[] {
    return selves.map((self) => this.look(self));
  }
}

Deno.test("a primary that comes first mends, and has no predecessor", () => {
  const roles = new Roles();
  const server = roles.start(SERVER);
  roles.start(CLIENT);
  assertEquals(roles.looks(CLIENT, SERVER, CLIENT, SERVER), [false, true, false, true]);
  assertEquals(server.succeeds, false);
});

Deno.test("a secondary whose thread was faster gives the role to the primary, which looks for what is lost", () => {
  const roles = new Roles();
  roles.start(CLIENT);
  assertEquals(roles.look(CLIENT), true);
  const server = roles.start(SERVER);
  assertEquals(roles.look(SERVER), false);
  // it finishes first what it has begun
  assertEquals([roles.look(CLIENT, false), roles.look(SERVER)], [true, false]);
  assertEquals(roles.looks(CLIENT, SERVER, CLIENT), [false, true, false]);
  assertEquals(server.succeeds, true);
  server.settleSuccession();
  assertEquals([roles.look(SERVER), server.succeeds], [true, false]);
});

Deno.test("where a secondary mended and ended in order, the primary looks for what is lost", () => {
  const roles = new Roles();
  const client = roles.start(CLIENT);
  assertEquals(roles.look(CLIENT), true);
  client[Symbol.dispose]();
  roles.living.delete(CLIENT);
  const server = roles.start(SERVER);
  assertEquals([roles.look(SERVER), server.succeeds], [true, true]);
});

Deno.test("a secondary mends where the primary is dead, ended its mender, or is a C program", () => {
  for (const end of ["dead", "ended", "C"]) {
    const roles = new Roles();
    const server = end === "C" ? undefined : roles.start(SERVER);
    if (server) assertEquals(roles.look(SERVER), true);
    const client = roles.start(CLIENT);
    roles.start(OTHER);
    if (end === "dead") roles.living.delete(SERVER);
    if (end === "ended") server?.[Symbol.dispose]();
    assertEquals(roles.looks(CLIENT, OTHER), [true, false], end);
    assertEquals(client.succeeds, true, end);
    // until it is killed
    roles.living.delete(CLIENT);
    assertEquals(roles.look(OTHER), true, end);
  }
});

Deno.test("a primary takes the role of no living process", () => {
  const roles = new Roles();
  roles.start(CLIENT);
  assertEquals(roles.look(CLIENT), true);
  const server = roles.start(SERVER);
  // stopped, it gives nothing away
  assertEquals(roles.looks(SERVER, SERVER), [false, false]);
  roles.living.delete(CLIENT);
  assertEquals([roles.look(SERVER), server.succeeds], [true, true]);
});
