/** Packets per second by queue of a port in use: `rates.ts --proc-type=secondary` */
import { program } from "denodpdk";

program({
  ports: 1,
  async main({ ports: [port], every }) {
    for await (const _ of every("1s")) console.table(port.queueRates());
  },
});
