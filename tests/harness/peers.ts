export { peer } from "../../cmd/dev/bench/peers.ts";
