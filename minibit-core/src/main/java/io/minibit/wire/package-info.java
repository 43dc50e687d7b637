/** Internal. Peer messages (BEP 3, 6, 10) and their codec: pure functions of bytes. */
@NullMarked
package io.minibit.wire;

import org.jspecify.annotations.NullMarked;
