/** Trackers, both sides: clients over HTTP and UDP, swarms in memory, and a server for them. */
@NullMarked
package io.minibit.tracker;

import org.jspecify.annotations.NullMarked;
