export { peer } from "../../cmd/bench/peers.ts";
