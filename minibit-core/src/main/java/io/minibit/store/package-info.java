/**
 * Where pieces are kept: the {@link io.minibit.store.PieceStore} interface and the stock stores.
 *
 * <p>A store never sees a byte that did not match its hash. {@link io.minibit.store.FilePieceStore} keeps the torrent's files,
 * {@link io.minibit.store.BlockFilePieceStore} a file per piece, {@link io.minibit.store.MemoryPieceStore} nothing on disk;
 * {@link io.minibit.store.PieceVerifier} finds out what is really there.
 */
@NullMarked
package io.minibit.store;

import org.jspecify.annotations.NullMarked;
