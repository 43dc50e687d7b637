/** What a .torrent file says (BEP 3), how to make one, and all arithmetic on piece sizes. */
@NullMarked
package io.minibit.metainfo;

import org.jspecify.annotations.NullMarked;
