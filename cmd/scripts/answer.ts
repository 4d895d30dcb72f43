/** Answers ARP and ping for an address: `answer.ts --vdev=net_tap0 -- -a 10.0.0.2` */
import { option, program } from "denodpdk";
import { arp, ether, formatIpv4, frame, icmp, ipv4, parseIpv4 } from "denodpdk/net";

const address = (text: string) => {
  try {
    return formatIpv4(parseIpv4(text));
  } catch { /* told as a wrong value of the option */ }
};

program({
  about: "Answers ARP and ICMP echo for an IPv4 address.",
  options: { own: option.required("-a", "an IPv4 address such as 10.0.0.2", address) },
  ports: 1,
  async main({ options: { own }, ports: [port], tx: [tx], received }) {
    console.log(`${own} is at ${port.mac}`);
    for await (const burst of received()) {
      for (const packet of burst) {
        const { ether: link, arp: asked, ipv4: ip, icmp: ping, payload } = packet.parse();
        const back = ether({ dst: link?.src, src: port.mac });
        if (asked?.operation === arp.REQUEST && asked.targetIp === own) {
          const [targetMac, targetIp] = [asked.senderMac, asked.senderIp];
          const reply = { operation: arp.REPLY, senderMac: port.mac, senderIp: own };
          tx.sendBytes(frame(back, arp({ ...reply, targetMac, targetIp })).size(60));
        } else if (ping?.type === icmp.ECHO_REQUEST && ip?.dst === own) {
          const { id, sequence } = ping;
          const reply = icmp({ type: icmp.ECHO_REPLY, id, sequence });
          tx.sendBytes(frame(back, ipv4({ src: own, dst: ip.src }), reply, payload));
        }
      }
    }
  },
});
