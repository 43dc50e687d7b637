/** The command line: a thin client of MiniBit's public API. {@link io.minibit.cli.Main} is the way in. */
@NullMarked
package io.minibit.cli;

import org.jspecify.annotations.NullMarked;
