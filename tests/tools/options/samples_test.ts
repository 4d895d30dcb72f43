/** The samples' own options, after `--`. */

import { ealTable } from "../../../ffi/boundary/library.ts";
import { parseOptions } from "../../../cmd/l2fwd_fork/options.ts";
import { argsForRole } from "../../../cmd/lib/role.ts";
import { clientOptions, serverOptions } from "../../../cmd/client_server_mp/shared/options.ts";
import { portsOf } from "../../../cmd/lib/ports.ts";
import { readOwnOptions } from "../../../cmd/symmetric_mp/options.ts";
import { makePlan } from "../../../cmd/l2fwd_fork/plan.ts";
import { refuses, understands } from "./table.ts";

// EAL's options come with the shim, whose folder is held from now on
ealTable();

const MASK = "a hexadecimal mask of ports such as 3";

understands("l2fwd_fork", parseOptions, {
  "-p 3": { portMask: 3n, portsPerSlave: 1, period: 10, floating: false },
  "-p 0xf -q 15 -T 0.5 -f": { portMask: 15n, portsPerSlave: 15, period: 0.5, floating: true },
});

const L2FWD = "one of -p, -q, -T, -f";
const SLAVE_PORTS = "ports of a slave from 1 to 15";
const PERIOD = "seconds from 0 to 86400";

refuses("l2fwd_fork", parseOptions, {
  "": `-p: expected ${MASK} for ports 0 and 1, got nothing`,
  "-p 0": `-p: expected ${MASK} for ports 0 and 1, got '0'`,
  "-p xyz": `-p: expected ${MASK} for ports 0 and 1, got 'xyz'`,
  "-p -3": `-p: expected ${MASK} for ports 0 and 1, got '-3'`,
  "-p ''": `-p: expected ${MASK} for ports 0 and 1, got ''`,
  "-p 123456789": `-p: expected ${MASK} for ports 0 and 1, got '123456789'`,
  "-p 3 -q 0": `-q: expected ${SLAVE_PORTS}, got '0'`,
  "-p 3 -q 16": `-q: expected ${SLAVE_PORTS}, got '16'`,
  "-p 3 -qx": `-q: expected ${SLAVE_PORTS}, got 'x'`,
  "-p 3 -q 1.5": `-q: expected ${SLAVE_PORTS}, got '1.5'`,
  "-p 3 -q ''": `-q: expected ${SLAVE_PORTS}, got ''`,
  "-p 3 -T 86401": `-T: expected ${PERIOD}, got '86401'`,
  "-p 3 -T -1": `-T: expected ${PERIOD}, got '-1'`,
  "-p 3 -T .5": `-T: expected ${PERIOD}, got '.5'`,
  "-p 3 -T 1e3": `-T: expected ${PERIOD}, got '1e3'`,
  "-p 3 -T 9999999999": `-T: expected ${PERIOD}, got '9999999999'`,
  "-p 3 -p 3": "-p: expected once, got it twice",
  "-p 3 -x": `-x: expected ${L2FWD}, got '-x'`,
  "-p 3 --floating": `--floating: expected ${L2FWD}, got '--floating'`,
  "-p 3 stray": `'stray': expected ${L2FWD}, got 'stray'`,
});

const plan = (lcores: number) => () =>
  makePlan({ ports: [0, 1, 2], portsPerSlave: 2, lcores: [1, 2].slice(0, lcores) });

refuses("l2fwd_fork's plan", plan(1), {
  "": "-l: expected 3 lcores or more, the master's and 2 for slaves of 3 ports, got '2' " +
    "(--lcores=0@0,1@0,2@1 makes three on two CPUs; -q gives a slave more ports)",
});

understands("symmetric_mp", readOwnOptions, {
  "-p 3 --num-procs=2 --proc-id=1": { portMask: 3n, numProcs: 2, procId: 1 },
  "-p0xf --num-procs 1024 --proc-id 1023": { portMask: 15n, numProcs: 1024, procId: 1023 },
});

const SYMMETRIC = "one of -p, --num-procs, --proc-id";
const PROCS = "a number of processes from 1 to 1024";
const ID = "the id of this process, from 0 to --num-procs less 1";

refuses("symmetric_mp", readOwnOptions, {
  "": `-p: expected ${MASK}, got nothing`,
  "-p 3": `--num-procs: expected ${PROCS}, got nothing`,
  "-p 3 --num-procs=2": `--proc-id: expected ${ID}, got nothing`,
  "-p 3 --num-procs=2 --proc-id": `--proc-id: expected ${ID}, got nothing`,
  "-p 0 --num-procs=2 --proc-id=1": `-p: expected ${MASK}, got '0'`,
  "-p g --num-procs=2 --proc-id=1": `-p: expected ${MASK}, got 'g'`,
  "-p 3 --num-procs=0 --proc-id=0": `--num-procs: expected ${PROCS}, got '0'`,
  "-p 3 --num-procs=1025 --proc-id=0": `--num-procs: expected ${PROCS}, got '1025'`,
  "-p 3 --num-procs=two --proc-id=0": `--num-procs: expected ${PROCS}, got 'two'`,
  "-p 3 --num-procs= --proc-id=0": `--num-procs: expected ${PROCS}, got ''`,
  "-p 3 --num-procs=2 --proc-id=2": "--proc-id: expected less than --num-procs 2, got '2'",
  "-p 3 --num-procs=2 --proc-id=-1": `--proc-id: expected ${ID}, got '-1'`,
  "-p 3 --num-procs=2 --proc-id=1x": `--proc-id: expected ${ID}, got '1x'`,
  "-p 3 --num-procs=2 --proc-id=99999999999": `--proc-id: expected ${ID}, got '99999999999'`,
  "-p 3 --num-procs=2 --num-procs=2 --proc-id=1": "--num-procs: expected once, got it twice",
  "-p 3 --num-procs=2 --prco-id=1":
    `--prco-id: expected ${SYMMETRIC}, got '--prco-id' (did you mean --proc-id?)`,
});

understands("mp_server", serverOptions, {
  "-p 3 -n 2": { portMask: 3n, clients: 2, period: 1 },
  "-n16 -p ffffffffffffffff -T 0": { portMask: 0xffff_ffff_ffff_ffffn, clients: 16, period: 0 },
});

const SERVER = "one of -p, -n, -T";
const CLIENTS = "a number of clients from 1 to 16";

refuses("mp_server", serverOptions, {
  "": `-p: expected ${MASK}, got nothing`,
  "-p 3": `-n: expected ${CLIENTS}, got nothing`,
  "-p 3 -n": `-n: expected ${CLIENTS}, got nothing`,
  "-p 11112222333344445 -n 2": `-p: expected ${MASK}, got '11112222333344445'`,
  "-p 3 -n 0": `-n: expected ${CLIENTS}, got '0'`,
  "-p 3 -n 17": `-n: expected ${CLIENTS}, got '17'`,
  "-p 3 -n -1": `-n: expected ${CLIENTS}, got '-1'`,
  "-p 3 -n 2x": `-n: expected ${CLIENTS}, got '2x'`,
  "-p 3 -n 2 -T often": `-T: expected ${PERIOD}, got 'often'`,
  "-p 3 -n 2 -s 1": `-s: expected ${SERVER}, got '-s'`,
  "-p 3 -n 2 --num-procs=2": `--num-procs: expected ${SERVER}, got '--num-procs'`,
});

understands("mp_client", clientOptions, { "": 0, "-n 15": 15, "-n3": 3 });

const CLIENT = "a client id from 0 to 15";

refuses("mp_client", clientOptions, {
  "-n": `-n: expected ${CLIENT}, got nothing`,
  "-n ''": `-n: expected ${CLIENT}, got ''`,
  "-n 16": `-n: expected ${CLIENT}, got '16'`,
  "-n -1": `-n: expected ${CLIENT}, got '-1'`,
  "-n 0x1": `-n: expected ${CLIENT}, got '0x1'`,
  "-n 0 -n 1": "-n: expected once, got it twice",
  "-p 3": "-p: expected -n, got '-p'",
  "0": "'0': expected -n, got '0'",
});

const asServer = (args: string[]) => argsForRole(args, "primary");

understands("a primary only", asServer, {
  "-l 0 -- -p 3": ["-l", "0", "--proc-type=primary", "--", "-p", "3"],
  "--proc-type=auto": ["--proc-type=auto", "--proc-type=primary", "--"],
  "--proc-t primary": ["--proc-type=primary", "--proc-type=primary", "--"],
});

refuses("a primary only", asServer, {
  "--proc-type=secondary": "--proc-type: expected primary, got 'secondary'",
  "--proc-t=secondary": "--proc-type: expected primary, got 'secondary'",
});

const masked = (multiple?: number) => ([mask = "", ...ports]: string[]) =>
  portsOf(BigInt(mask), ports.map(Number), multiple);

understands("ports", masked(), { "0x1 0 1": [0], "0x3 0 1": [0, 1], "0xf 0 1": [0, 1] });
understands("pairs of ports", masked(2), { "0xf 0 1": [0, 1], "0x15 0 2 3": [0, 2] });

refuses("ports", masked(), {
  "0x3": "-p: expected ports, and there are none, got '3' " +
    "(--vdev=net_null0 --vdev=net_null1 makes two)",
  "0xc 0 1": "-p: expected some of the ports 0, 1, got 'c'",
});
refuses("pairs of ports", masked(2), {
  "0x1 0 1": "-p: expected an even number of the ports 0, 1, got '1'",
  "0x0 0 1": "-p: expected some of the ports 0, 1, got '0'",
});
