/** Where pieces are kept: the {@link io.minibit.store.PieceStore} interface and the stock stores. */
@NullMarked
package io.minibit.store;

import org.jspecify.annotations.NullMarked;
