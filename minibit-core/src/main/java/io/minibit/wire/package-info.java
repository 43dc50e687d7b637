/**
 * Internal. Peer messages (BEP 3, 6, 10) and their codec: pure functions of bytes, correct however the bytes are cut up.
 *
 * <p>MessageReader reports messages as ints and stops at the payload of a block, which the caller reads where it belongs;
 * MessageWriter is its counterpart, HandshakeReader and ExtendedHandshake what comes before.
 */
@NullMarked
package io.minibit.wire;

import org.jspecify.annotations.NullMarked;
