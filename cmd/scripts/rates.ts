/** Packets per second by queue of ports in use: `rates.ts --proc-type=secondary` */
import { program } from "denodpdk";

program(async ({ ports, every }) => {
  for await (const _ of every("1s")) for (const port of ports) console.table(port.queueRates());
});
