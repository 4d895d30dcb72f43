/** Sends 1000 UDP packets, 10 each 10 ms: `send_udp.ts --vdev=net_tap0` */
import { program } from "denodpdk";
import { ether, frame, ipv4, udp } from "denodpdk/net";
program(async ({ tx: [tx], every }) => {
  const link = ether({ dst: "02:00:00:00:00:01", src: "02:00:00:00:00:02" });
  const ip = ipv4({ src: "192.0.2.1", dst: "192.0.2.2" });
  const bytes = frame(link, ip, udp({ srcPort: 9000, dstPort: 9 }), "hello, DPDK\n");
  for await (const _ of every("10ms", 100)) tx.sendBytes(bytes, 10);
});
