/** Bencoding (BEP 3): a strict decoder and a canonical encoder. */
@NullMarked
package io.minibit.bencode;

import org.jspecify.annotations.NullMarked;
