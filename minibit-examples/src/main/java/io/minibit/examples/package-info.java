/** Small programs, each one idea, each run by a test. */
@NullMarked
package io.minibit.examples;

import org.jspecify.annotations.NullMarked;
