/**
 * Trackers, both sides of them, behind one interface.
 *
 * <p>{@link io.minibit.tracker.HttpTracker} and {@link io.minibit.tracker.UdpTracker} are clients of remote trackers, {@link
 * io.minibit.tracker.TrackerTiers} tries several as BEP 12 says. {@link io.minibit.tracker.MemoryTracker} is a tracker in
 * memory, whose {@link io.minibit.tracker.PeerHandout} decides who gets to know whom; {@link
 * io.minibit.tracker.TrackerServer} puts any tracker on the network.
 */
@NullMarked
package io.minibit.tracker;

import org.jspecify.annotations.NullMarked;
