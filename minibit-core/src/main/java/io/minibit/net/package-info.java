/** Internal. The java.nio driver that runs engines over sockets, disks and trackers. */
@NullMarked
package io.minibit.net;

import org.jspecify.annotations.NullMarked;
