package io.minibit.tracker;

import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the blocking conversations of one tracker client. A conversation ends with its future, whatever ends that: an
 * answer, an error, the deadline, cancellation or {@link #close()}. Its socket is then closed under it, so that neither
 * a silent nor a trickling server can hold it longer.
 */
final class TrackerCalls implements Closeable {
  /**
   * Shared by all clients of the JVM. A conversation is idle nearly all its time, so threads are many and small; they
   * end after five idle seconds.
   */
  private static final ThreadPoolExecutor THREADS = threads();

  /** For calls that are part of another one, which waits for them. */
  private static final ThreadPoolExecutor PARTS = threads();

  private final String name;
  private final Set<Call> underWay = new LinkedHashSet<>();
  private boolean closed;

  TrackerCalls(Object tracker) {
    name = tracker.toString();
  }

  /** How long an announce may take: a goodbye holds up the end of a program, so it gets less. */
  static Duration timeFor(AnnounceRequest request, Limits limits) {
    return request.event() == AnnounceEvent.STOPPED ? limits.stoppedTimeout() : limits.trackerTimeout();
  }

  /** A conversation: blocks, and keeps what it opens in {@code call}. */
  interface Conversation<T> {
    T run(Call call) throws IOException;
  }

  /** What a conversation must know of its surroundings. */
  static final class Call {
    private final long deadline;
    private final Consumer<Throwable> failure;
    private @Nullable Closeable socket;
    private boolean ended;

    private Call(Duration limit, Consumer<Throwable> failure) {
      this.failure = failure;
      deadline = System.nanoTime() + limit.toNanos();
    }

    /** Milliseconds that are left, at least 1. */
    int remainingMillis() {
      return (int) Math.max(1, Math.min(Integer.MAX_VALUE, (deadline - System.nanoTime()) / 1_000_000));
    }

    /** Has this closed when the call ends, or at once if it has ended. */
    synchronized void closeAtEnd(Closeable opened) throws IOException {
      if (ended) {
        opened.close();
        throw new IOException("the call has ended");
      }
      socket = opened;
    }

    synchronized boolean ended() {
      return ended;
    }

    private synchronized void end() {
      ended = true;
      if (socket != null) {
        try {
          socket.close();
        } catch (IOException e) {
          // The answer is in or given up; nothing depends on an orderly end of this socket.
        }
      }
    }
  }

  <T> CompletableFuture<T> start(Duration limit, Conversation<T> conversation) {
    return start(THREADS, limit, conversation);
  }

  /** As {@link #start}, from within a conversation that waits for this one: never on the threads of those who wait. */
  <T> CompletableFuture<T> startPart(Duration limit, Conversation<T> conversation) {
    return start(PARTS, limit, conversation);
  }

  private <T> CompletableFuture<T> start(Executor threads, Duration limit, Conversation<T> conversation) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Call call = new Call(limit, result::completeExceptionally);
    synchronized (underWay) {
      if (closed) {
        return CompletableFuture.failedFuture(new TrackerException(name + ": closed"));
      }
      underWay.add(call);
    }
    CompletableFuture<T> outcome =
        result
            .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (answer, failure) -> {
                  call.end();
                  synchronized (underWay) {
                    underWay.remove(call);
                  }
                })
            .exceptionallyCompose(failure -> CompletableFuture.failedFuture(explain(failure, limit)));
    // Cancelling what the caller holds must reach the socket.
    var unused = outcome.whenComplete((answer, failure) -> result.cancel(false));
    try {
      threads.execute(() -> run(call, conversation, result));
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(new TrackerException(name + ": too many announces under way", e));
    }
    return outcome;
  }

  private static <T> void run(Call call, Conversation<T> conversation, CompletableFuture<T> result) {
    if (call.ended()) {
      return;
    }
    try {
      result.complete(conversation.run(call));
    } catch (IOException | RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
  }

  private Throwable explain(Throwable wrapped, Duration limit) {
    Throwable failure = wrapped;
    while (failure instanceof CompletionException && failure.getCause() != null) {
      failure = failure.getCause();
    }
    if (failure instanceof TrackerException) {
      return failure;
    }
    return new TrackerException(name + ": " + reason(failure, limit), failure);
  }

  private static String reason(Throwable failure, Duration limit) {
    String message = TrackerUri.clean(String.valueOf(failure.getMessage()));
    if (failure instanceof TimeoutException || failure instanceof SocketTimeoutException) {
      return "no answer within " + (limit.toMillis() + 999) / 1000 + " s";
    }
    if (failure instanceof PortUnreachableException) {
      return "connection refused";
    }
    if (failure instanceof NoRouteToHostException) {
      return "no route to host";
    }
    if (failure instanceof ConnectException && message.toLowerCase(Locale.ROOT).contains("refused")) {
      return "connection refused";
    }
    if (failure instanceof SSLException) {
      return "no secure connection: " + message;
    }
    return failure instanceof IOException ? message : failure.toString();
  }

  /** Fails what is under way; later calls fail at once. */
  @Override
  public void close() {
    List<Call> open;
    synchronized (underWay) {
      closed = true;
      open = new ArrayList<>(underWay);
    }
    open.forEach(call -> call.failure.accept(new TrackerException(name + ": closed")));
  }

  private static ThreadPoolExecutor threads() {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            64,
            64,
            5,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(10_000),
            task -> {
              Thread thread = new Thread(task, "minibit-tracker-client-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
