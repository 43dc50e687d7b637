/** What all other packages share: errors, limits, identities, the deterministic random source. Depends on nothing. */
@NullMarked
package io.minibit.model;

import org.jspecify.annotations.NullMarked;
