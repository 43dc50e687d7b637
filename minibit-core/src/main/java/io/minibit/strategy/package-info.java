/** Which piece to fetch and whom to serve: two interfaces that users may implement, and the stock strategies. */
@NullMarked
package io.minibit.strategy;

import org.jspecify.annotations.NullMarked;
