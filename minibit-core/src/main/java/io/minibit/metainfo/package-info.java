/**
 * What a .torrent file says (BEP 3), how to make one, and all arithmetic on piece sizes.
 *
 * <p>{@link io.minibit.metainfo.Metainfo} reads, {@link io.minibit.metainfo.MetainfoBuilder} makes. All sizes go through {@link
 * io.minibit.metainfo.PieceLayout}. Names are hostile until they have been cleaned, which they are here.
 */
@NullMarked
package io.minibit.metainfo;

import org.jspecify.annotations.NullMarked;
