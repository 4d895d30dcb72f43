/** Prints the header of what comes in: `headers.ts --vdev=net_pcap0,rx_pcap=FILE` */
import { Burst, program } from "denodpdk";

program({
  ports: 1,
  async main({ ports: [port], every }) {
    const [rx, burst] = [port.rxQueue(0), new Burst(32)];
    for await (const _ of every("1ms")) {
      rx.receive(burst);
      for (const packet of burst) console.log(`${packet}`);
      burst.clear();
    }
  },
});
