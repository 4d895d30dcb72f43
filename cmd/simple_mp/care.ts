/**
 * What a killed secondary leaves: elements that the C sample never gets back, and at worst a ring
 * half-way in an update. A secondary that comes mends the rings, and the primary looks for the
 * elements as soon as no secondary is left that could hold any.
 *
 * @module
 */

import type { Eal } from "../../mod.ts";
import { type Objects, PRI_2_SEC, SEC_2_PRI } from "./objects.ts";
import type { ParkingPlace } from "./parking.ts";

/**
 * A secondary that is the only one is the only user of its sides of the rings, so it can mend what
 * one before it left, while the primary goes on.
 */
export function mendRings(eal: Eal, { sendRing, recvRing }: Objects): void {
  if (eal.secondaries().length > 0) return;
  sendRing.repair("producer");
  recvRing.repair("consumer");
}

/** How often the primary looks who lives, in milliseconds. */
const PERIOD = 250;

/** What the care needs to know. */
export interface Care {
  /** This primary. */
  eal: Eal;
  /** What is shared. */
  objects: Objects;
  /** Where its receiving lcores can be parked. */
  place: ParkingPlace;
  /** How many there are. */
  lcores: number;
  /** Called with the number of messages found. */
  onFound: (count: number) => void;
}

/**
 * Looks after the pool until disposal. Elements that are nowhere while no other process lives
 * and this one's lcores hold nothing are lost for good, so it is safe to give them back whoever
 * comes meanwhile.
 */
export function careForPool({ eal, objects, place, lcores, onFound }: Care): Disposable {
  let had = false;
  let busy = false;
  const look = async () => {
    const alive = eal.secondaries().length > 0;
    // one that came and was killed since the last look has left its socket
    had = eal.buryDead() > 0 || alive || had;
    if (alive || !had) return;
    await place.whileParked(lcores, () => {
      const rings = [PRI_2_SEC, SEC_2_PRI];
      const { lost, strangers } = objects.pool.audit(rings);
      // somebody who came during the look may have taken what was not found
      if (eal.secondaries().length > 0) return;
      had = false;
      if (lost === 0 && strangers === 0) return;
      objects.pool.audit(rings, true);
      onFound(lost);
    });
  };
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    await look();
    busy = false;
  }, PERIOD);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
