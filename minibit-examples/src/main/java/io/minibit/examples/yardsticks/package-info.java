/** What others have proved or measured, and what the simulator gives: {@link Yardsticks}. */
@NullMarked
package io.minibit.examples.yardsticks;

import org.jspecify.annotations.NullMarked;
