package io.minibit.sim;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A number that one thread raises and another waits for. Waiting is short as a rule, so it spins first; what the one
 * thread did before it raised the number the other sees once it has got there.
 */
final class Gate {
  /** Some ten microseconds to a hundred, depending on the processor; parking and waking up costs as much. */
  private static final int SPINS = 2_000;

  private volatile long reached;
  private volatile @Nullable Thread parked;

  /** Raises the number. */
  void raise(long number) {
    reached = number;
    Thread thread = parked;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /** Waits until the number is that high. */
  void await(long number) {
    for (int i = 0; reached < number && i < SPINS; i++) {
      Thread.onSpinWait();
    }
    if (reached < number) {
      parked = Thread.currentThread();
      while (reached < number) {
        LockSupport.park(this);
      }
      parked = null;
    }
  }
}
