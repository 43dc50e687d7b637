/**
 * Benchmarks of the inner pieces (JMH). All of them run with one command, from the top of the repository:
 *
 * <pre>{@code
 * mvn -B -pl minibit-core -Pbench test
 * mvn -B -pl minibit-core -Pbench test -Dbench=PiecePick                    # one, by a regular expression
 * mvn -B -pl minibit-core -Pbench test -Dbench.options="-f 3 -prof gc"      # with options of JMH
 * }</pre>
 *
 * <p>The ordinary build compiles them and runs none. Figures are nanoseconds per operation unless the table says otherwise;
 * compare them within one run only, on a machine that does nothing else. What floods cost others is measured beside the
 * tests that flood, by {@code io.minibit.net.FloodLosses}.
 */
@NullMarked
package io.minibit.benchmarks;

import org.jspecify.annotations.NullMarked;
