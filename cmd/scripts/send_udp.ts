/** Sends 1000 UDP packets, 10 each 10 ms: `send_udp.ts --vdev=net_tap0` */
import { Burst, program } from "denodpdk";

const hex = "020000000001020000000002080045000028000040004011b6c1c0000201c0000202" +
  "232800090014590068656c6c6f2c204450444b0a";
program({
  ports: 1,
  async main({ ports: [port], every }) {
    const [tx, burst, ticks] = [port.txQueue(0), new Burst(10), every("10ms")];
    for (let sent = 0; sent < 1000 && !(await ticks.next()).done; sent += tx.send(burst)) {
      port.pool?.getBulk(burst);
      for (const packet of burst) packet.write(Uint8Array.fromHex(hex));
    }
  },
});
