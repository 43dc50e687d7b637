/** Internal. Every decision of a torrent, without any I/O: see {@link io.minibit.engine.TorrentEngine}. */
@NullMarked
package io.minibit.engine;

import org.jspecify.annotations.NullMarked;
