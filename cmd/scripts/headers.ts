/** Prints a line for each packet that comes in: `headers.ts --vdev=net_pcap0,rx_pcap=FILE` */
import { program } from "denodpdk";

program(async ({ received }) => {
  for await (const burst of received()) for (const packet of burst) console.log(`${packet}`);
});
