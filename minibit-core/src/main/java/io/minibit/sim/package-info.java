/**
 * Swarms of production engines in virtual time: describe one with {@link io.minibit.sim.Scenario}, run it with
 * {@link io.minibit.sim.Simulation}, read what happened in {@link io.minibit.sim.SimulationReport}. The same scenario
 * with the same seed leads to the same trace on every machine and JDK.
 */
@NullMarked
package io.minibit.sim;

import org.jspecify.annotations.NullMarked;
