package io.minibit.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The selector thread of one peer: it owns all of the peer's sockets and engines. Everything else reaches it through
 * {@link #execute}. One turn handles what is ready, then tasks, then timers, then writes what has been queued.
 */
final class Loop implements Executor, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  /** What one socket read may bring; large enough that a fast link costs few system calls, small enough for the cache. */
  private static final int READ_BUFFER = 256 << 10;

  /** Tasks of one turn, so that whoever gives them without end does not keep the sockets waiting. */
  private static final int TASKS_PER_TURN = 10_000;

  /** Cancelled timers that may wait for their time, besides as many as there are others. */
  private static final int MOST_CANCELLED = 100;

  /** How long to rest after the selector failed; trying at once would only spin. */
  private static final long REST_NANOS = 10_000_000;

  /** Failures in a row after which the selector is given up: a second's. */
  private static final int MOST_FAILURES = 100;

  /** The loop whose thread this is. */
  private static final ThreadLocal<@Nullable Loop> RUNNING = new ThreadLocal<>();

  /** What waits on the selector. */
  interface Ready {
    void ready(SelectionKey key);
  }

  /** Something with output to write at the end of the turn. */
  interface Flushable {
    void flush();
  }

  /** Something to be done at a time, unless cancelled before. */
  static final class Timer implements Comparable<Timer> {
    private final long at;
    private final long order;
    private @Nullable Runnable action;

    private Timer(long at, long order, Runnable action) {
      this.at = at;
      this.order = order;
      this.action = action;
    }

    /** Whether it will do nothing any more. */
    boolean isOff() {
      return action == null;
    }

    @Override
    public int compareTo(Timer other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(order);
    }
  }

  private final Selector selector;
  private final Thread thread;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** Those of the tasks for which another loop waits; they are in both queues. */
  private final Queue<Runnable> questions = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final ArrayDeque<Flushable> dirty = new ArrayDeque<>();
  private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER);
  private final long origin = System.nanoTime();
  private long timerOrder;
  private int cancelledTimers;
  private int failures;
  private @Nullable Throwable broken;
  private Consumer<Throwable> whenBroken = cause -> {};
  private long now;
  private boolean stopping;
  private volatile boolean ended;

  Loop(String name) throws IOException {
    selector = Selector.open();
    thread = new Thread(this, name);
    thread.setDaemon(true);
  }

  /** Told, on the loop's thread and once, that the selector is of no use any more; tasks and timers still run. */
  void whenBroken(Consumer<Throwable> action) {
    whenBroken = action;
  }

  /** Why no socket works any more; null as long as they do. Loop's thread. */
  @Nullable Throwable broken() {
    return broken;
  }

  void start() {
    thread.start();
  }

  /** Gives back what the making took, if it was never started. */
  void abandon() throws IOException {
    selector.close();
  }

  boolean isCurrentThread() {
    return Thread.currentThread() == thread;
  }

  Selector selector() {
    return selector;
  }

  /** The engine's time: nanoseconds since the loop was made. Only grows. */
  long now() {
    return now;
  }

  /** For reads on the loop's thread; its content does not outlive the read event. */
  ByteBuffer readBuffer() {
    return readBuffer;
  }

  /** Runs a task on the loop's thread, soon. After the loop has ended it is not run. */
  @Override
  public void execute(Runnable task) {
    if (!offer(task)) {
      LOG.debug("The peer is closed; a late event is dropped");
    }
  }

  /** As {@link #execute}, but says whether the task will be run, which it will not after the loop has ended. */
  boolean offer(Runnable task) {
    tasks.add(task);
    if (ended && tasks.remove(task)) {
      return false;
    }
    if (!isCurrentThread() && woken.compareAndSet(false, true)) {
      selector.wakeup();
    }
    return true;
  }

  /**
   * Asks something on the loop's thread and waits for the answer, which is null if the loop has ended.
   *
   * @throws RuntimeException what the question throws
   */
  <T> @Nullable T call(Supplier<T> question) {
    if (isCurrentThread()) {
      return question.get();
    }
    Question<T> asked = new Question<>(question);
    if (RUNNING.get() != null) {
      questions.add(asked);
      LockSupport.unpark(thread);
    }
    if (!offer(asked)) {
      questions.remove(asked);
      return null;
    }
    try {
      return await(asked.answer);
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      // A checked exception, thrown where Java would not let it.
      throw e;
    }
  }

  /** Asked by another thread, and answered once, though it may be come upon twice. */
  private final class Question<T> implements Runnable {
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private @Nullable Supplier<T> question;

    Question(Supplier<T> question) {
      this.question = question;
    }

    @Override
    public void run() {
      questions.remove(this);
      Supplier<T> asked = question;
      question = null;
      if (asked != null) {
        try {
          answer.complete(asked.get());
        } catch (Throwable e) {
          answer.completeExceptionally(e);
        }
      }
    }
  }

  /**
   * Waits for a future as {@link CompletableFuture#join} does. A loop's thread answers meanwhile what other loops ask, or
   * two peers that ask each other something, from inside of their strategies or tasks, would wait for ever.
   */
  static <T> T await(CompletableFuture<T> future) {
    Loop here = RUNNING.get();
    if (here != null && !future.isDone()) {
      CompletableFuture<Void> unused = future.handle((result, failure) -> {
        LockSupport.unpark(here.thread);
        return null;
      });
      while (!future.isDone()) {
        Runnable question = here.questions.poll();
        if (question == null) {
          LockSupport.parkNanos(REST_NANOS);
        } else {
          question.run();
        }
      }
    }
    return future.join();
  }

  /** Runs an action on the loop's thread at this time or soon after. */
  Timer at(long time, Runnable action) {
    Timer timer = new Timer(time, timerOrder++, action);
    timers.add(timer);
    return timer;
  }

  /** Takes a timer back, if it has not come yet; what it held is free at once. */
  void cancel(Timer timer) {
    if (timer.isOff()) {
      return;
    }
    timer.action = null;
    if (++cancelledTimers > MOST_CANCELLED + timers.size() / 2) {
      timers.removeIf(Timer::isOff);
      cancelledTimers = 0;
    }
  }

  /** Has output written at the end of this turn, or of the next if this one is about to end; that follows without a wait. */
  void flushLater(Flushable output) {
    dirty.add(output);
  }

  /** Ends the loop after the tasks that were given before; its sockets must be closed by then. */
  void stop() {
    execute(() -> stopping = true);
  }

  /** Waits for the thread to end. */
  void join() throws InterruptedException {
    thread.join();
  }

  @Override
  public void run() {
    RUNNING.set(this);
    while (!stopping) {
      try {
        turn();
      } catch (Throwable e) {
        complain("A turn of the loop failed", e);
      }
    }
    ended = true;
    while (!tasks.isEmpty()) {
      runTasks();
    }
    timers.clear();
    try {
      selector.close();
    } catch (IOException e) {
      LOG.warn("Closing the selector failed", e);
    }
  }

  private void turn() {
    if (broken != null) {
      LockSupport.parkNanos(REST_NANOS);
    } else {
      try {
        select();
        failures = 0;
      } catch (Throwable e) {
        selectFailed(e);
      }
    }
    // Whatever has happened, or nobody could close the peer.
    afterSelect();
  }

  private void selectFailed(Throwable cause) {
    if (failures == 0) {
      complain("The selector failed; trying again", cause);
    }
    if (++failures < MOST_FAILURES && !(cause instanceof ClosedSelectorException)) {
      LockSupport.parkNanos(REST_NANOS);
      return;
    }
    broken = cause;
    guarded(() -> whenBroken.accept(cause));
  }

  private void select() throws IOException {
    now = System.nanoTime() - origin;
    Timer next = timers.peek();
    if (!tasks.isEmpty() || !dirty.isEmpty() || (next != null && next.at <= now)) {
      selector.selectNow(this::ready);
    } else if (next == null) {
      selector.select(this::ready, 0);
    } else {
      // Rounded up: a timer that comes a little late is fine, a turn that finds nothing to do is not.
      selector.select(this::ready, (next.at - now) / 1_000_000 + 1);
    }
  }

  private void afterSelect() {
    now = System.nanoTime() - origin;
    // First this, then the tasks: one that is given in between wakes the next select.
    woken.set(false);
    runTasks();
    runTimers();
    // Once each: a connection that is written to may be given more at once, again and again.
    for (int i = dirty.size(); i > 0; i--) {
      guarded(dirty.remove()::flush);
    }
  }

  private void ready(SelectionKey key) {
    // The select may have slept for hours: counted from when it began, every deadline would have passed already.
    now = System.nanoTime() - origin;
    guarded(() -> ((Ready) key.attachment()).ready(key));
  }

  private void runTasks() {
    for (int i = 0; i < TASKS_PER_TURN; i++) {
      Runnable task = tasks.poll();
      if (task == null) {
        return;
      }
      guarded(task);
    }
  }

  private void runTimers() {
    while (!timers.isEmpty() && timers.peek().at <= now) {
      Timer timer = timers.remove();
      Runnable action = timer.action;
      if (action == null) {
        cancelledTimers = Math.max(0, cancelledTimers - 1);
      } else {
        timer.action = null;
        guarded(action);
      }
    }
  }

  /** The last line of defence: what belongs to a torrent has been caught before and failed that torrent. */
  private static void guarded(Runnable action) {
    try {
      action.run();
    } catch (Throwable e) {
      complain("An event could not be handled", e);
    }
  }

  /** With no memory left, to say so may fail, too; the loop must outlive that. */
  private static void complain(String what, Throwable cause) {
    try {
      LOG.error(what, cause);
    } catch (Throwable e) {
      // Nobody is left to be told.
    }
  }
}
