package io.minibit.tracker;

import io.minibit.model.Limits;
import io.minibit.model.MiniBitException;
import io.minibit.model.PeerAddress;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a {@link Tracker} on the network: announce and scrape over HTTP (BEP 3, 7, 23, 48) and UDP (BEP 15), IPv4 and
 * IPv6. One thread serves all clients; it never waits for the tracker, so that a remote one may stand behind it.
 *
 * <pre>{@code
 * try (TrackerServer server = TrackerServer.builder(MemoryTracker.builder().build())
 *     .http(new InetSocketAddress(8000))
 *     .build()) {
 *   ... server.httpAddress() ...
 * }
 * }</pre>
 *
 * <p>A peer's IP is the one its packets come from. Only an asker on this machine may name another one. Thread-safe.
 */
public final class TrackerServer implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(TrackerServer.class);

  private static final int ACCEPT_BACKLOG = 1024;
  private static final int PACKETS_PER_TURN = 256; // then HTTP has its turn
  private static final int CONNECTIONS_PER_TURN = 64;
  private static final int MAX_PENDING_PACKETS = 1000;
  private static final long SWEEP_MILLIS = 500;

  private final Tracker tracker;
  private final @Nullable AccessToken token;
  private final int maxConnections;
  private final Duration timeout;
  private final Selector selector;
  private final @Nullable ServerSocketChannel http;
  private final @Nullable DatagramChannel udp;
  private final @Nullable InetSocketAddress httpAddress;
  private final @Nullable InetSocketAddress udpAddress;
  private final Thread thread;

  // Of the thread.
  private final HttpConnection.Workbench bench;
  private final UdpReplies udpReplies;
  private final List<HttpConnection> newcomers = new ArrayList<>();
  private final ByteBuffer packet = ByteBuffer.allocateDirect(4096);
  private @Nullable SelectionKey acceptKey;
  private boolean acceptPaused;

  // Shared.
  private final Queue<Runnable> laterTasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger pendingPackets = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final LongAdder httpRequests = new LongAdder();
  private final LongAdder udpRequests = new LongAdder();
  private volatile boolean closed;

  private TrackerServer(Builder builder) throws IOException {
    tracker = builder.tracker;
    token = builder.token;
    long room = Runtime.getRuntime().maxMemory() / 4 / HttpConnection.MAX_REQUEST;
    maxConnections = (int) Math.max(1, Math.min(room, builder.maxConnections));
    timeout = builder.timeout;
    WrittenAnswer written =
        new WrittenAnswer(tracker instanceof MemoryTracker memory ? memory.interval() : Duration.ZERO);
    bench = new HttpConnection.Workbench(written);
    udpReplies = new UdpReplies(tracker, token, written, System::nanoTime);
    List<Closeable> opened = new ArrayList<>();
    try {
      selector = Selector.open();
      opened.add(selector);
      http = builder.http == null ? null : ServerSocketChannel.open();
      if (http != null && builder.http != null) {
        opened.add(http);
        listen(http, builder.http, "http");
        acceptKey = http.register(selector, SelectionKey.OP_ACCEPT);
      }
      udp = builder.udp == null ? null : DatagramChannel.open();
      if (udp != null && builder.udp != null) {
        opened.add(udp);
        listen(udp, builder.udp, "udp");
        udp.register(selector, SelectionKey.OP_READ);
      }
      httpAddress = http == null ? null : (InetSocketAddress) http.getLocalAddress();
      udpAddress = udp == null ? null : (InetSocketAddress) udp.getLocalAddress();
    } catch (IOException | RuntimeException e) {
      for (Closeable each : opened) {
        each.close();
      }
      throw e;
    }
    thread = new Thread(this::run, "minibit-tracker-server");
  }

  public static Builder builder(Tracker tracker) {
    return new Builder(tracker);
  }

  /**
   * Where it listens for HTTP, with the real port.
   *
   * @throws IllegalStateException if it does not
   */
  public InetSocketAddress httpAddress() {
    if (httpAddress == null) {
      throw new IllegalStateException("this tracker does not listen for HTTP");
    }
    return httpAddress;
  }

  /**
   * Where it listens for UDP, with the real port.
   *
   * @throws IllegalStateException if it does not
   */
  public InetSocketAddress udpAddress() {
    if (udpAddress == null) {
      throw new IllegalStateException("this tracker does not listen for UDP");
    }
    return udpAddress;
  }

  /** Numbers for a status line. */
  public Stats stats() {
    return new Stats(httpRequests.sum(), udpRequests.sum(), connections.get());
  }

  /**
   * What a server has done.
   *
   * @param httpRequests since the start
   * @param udpRequests packets since the start
   * @param connections open now
   */
  public record Stats(long httpRequests, long udpRequests, int connections) {}

  /** Closes all sockets and ends the thread. The tracker behind stays open: it is its maker's. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    boolean interrupted = false;
    while (thread != Thread.currentThread() && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The words for a failure that may be told to strangers. */
  static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof MiniBitException) {
      return TrackerUri.clean(String.valueOf(cause.getMessage()));
    }
    LOG.warn("The tracker failed", cause);
    return "internal error";
  }

  // What connections use, on the server's thread except later().

  Tracker tracker() {
    return tracker;
  }

  /** Null if anyone may ask. */
  @Nullable AccessToken token() {
    return token;
  }

  HttpConnection.Workbench bench() {
    return bench;
  }

  SelectionKey register(HttpConnection connection, int interest) throws IOException {
    return connection.channel().register(selector, interest, connection);
  }

  void countHttpRequest() {
    httpRequests.increment();
  }

  String statusPage() {
    Stats stats = stats();
    String held = "";
    if (tracker instanceof MemoryTracker memory) {
      held = "swarms " + memory.stats().swarms() + "\npeers " + memory.stats().peers() + "\n";
    }
    return "MiniBit tracker\n"
        + held
        + "http requests " + stats.httpRequests()
        + "\nudp requests " + stats.udpRequests()
        + "\nconnections " + stats.connections() + "\n";
  }

  /** Something that may fail with its connection. */
  interface Step {
    void run() throws IOException;
  }

  /** Runs it on the server's thread, from any thread. */
  void later(Step step, HttpConnection connection) {
    later(
        () -> {
          try {
            step.run();
          } catch (Throwable e) {
            failed(connection, e);
          }
        });
  }

  void close(HttpConnection connection) {
    if (connection.markClosed()) {
      connections.decrementAndGet();
      closeQuietly(connection.channel()); // cancels its key
      resumeAccepting();
    }
  }

  private void later(Runnable task) {
    laterTasks.add(task);
    selector.wakeup();
  }

  // The loop

  private void run() {
    try {
      long nextSweep = System.nanoTime();
      while (!closed) {
        selector.select(this::handle, connections.get() > 0 || acceptPaused ? SWEEP_MILLIS : 0);
        for (Runnable task = laterTasks.poll(); task != null; task = laterTasks.poll()) {
          run(task);
        }
        long now = System.nanoTime();
        if (now - nextSweep > 0) {
          nextSweep = now + SWEEP_MILLIS * 1_000_000;
          sweep(now);
        }
      }
    } catch (Throwable e) {
      LOG.error("The tracker server stops: its selector failed", e);
    } finally {
      for (SelectionKey key : selector.keys()) {
        closeQuietly((Closeable) key.channel());
      }
      closeQuietly(selector);
      connections.set(0);
    }
  }

  /** One answer that cannot be given, whatever the reason, is no reason to give no more. */
  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOG.warn("The tracker server could not give an answer", e);
    }
  }

  private void failed(HttpConnection connection, Throwable cause) {
    if (cause instanceof IOException || cause instanceof RuntimeException) {
      LOG.debug("Closing a connection: {}", cause.toString());
    } else {
      LOG.warn("Closing a connection because of an error", cause);
    }
    close(connection);
  }

  private void handle(SelectionKey key) {
    Object client = key.attachment();
    try {
      if (client instanceof HttpConnection connection) {
        if (key.isReadable()) {
          connection.onReadable();
        } else if (key.isWritable()) {
          connection.onWritable();
        }
      } else if (key.channel() == udp) {
        receive(udp);
      } else if (http != null) {
        accept(http);
      }
    } catch (Throwable e) {
      // The tracker behind may be anybody's code.
      if (client instanceof HttpConnection connection) {
        failed(connection, e);
      } else {
        LOG.warn("The tracker server could not take a request: {}", e.toString());
      }
    }
  }

  /**
   * Accepts those that wait and serves them only then: by that time most requests have arrived, and a connection that is
   * answered at once need not be registered, which saves a third of its system calls.
   */
  private void accept(ServerSocketChannel listener) {
    if (!acceptWaiting(listener) && acceptKey != null) {
      acceptKey.interestOps(0);
      acceptPaused = true;
    }
    for (HttpConnection newcomer : newcomers) {
      try {
        newcomer.onReadable();
      } catch (Throwable e) {
        failed(newcomer, e);
      }
    }
    newcomers.clear();
  }

  /** Whether there may be more soon. */
  private boolean acceptWaiting(ServerSocketChannel listener) {
    while (connections.get() < maxConnections) {
      SocketChannel channel = null;
      try {
        channel = newcomers.size() < CONNECTIONS_PER_TURN ? listener.accept() : null;
        if (channel == null) {
          return true;
        }
        channel.configureBlocking(false);
        PeerAddress remote = PeerAddress.of((InetSocketAddress) channel.getRemoteAddress());
        newcomers.add(new HttpConnection(this, channel, remote, timeout));
        connections.incrementAndGet();
      } catch (IOException | RuntimeException e) {
        if (channel != null) {
          closeQuietly(channel);
          continue;
        }
        // Most likely no file descriptor is left; trying again at once would only burn time.
        LOG.warn("The tracker server cannot accept connections for now: {}", e.toString());
        return false;
      }
    }
    return false;
  }

  private void resumeAccepting() {
    if (acceptPaused && acceptKey != null && acceptKey.isValid() && connections.get() < maxConnections) {
      acceptKey.interestOps(SelectionKey.OP_ACCEPT);
      acceptPaused = false;
    }
  }

  private void sweep(long now) {
    for (SelectionKey key : selector.keys()) {
      if (key.attachment() instanceof HttpConnection connection && key.isValid() && connection.isLate(now)) {
        close(connection);
      }
    }
    resumeAccepting();
  }

  private void receive(DatagramChannel channel) throws IOException {
    for (int i = 0; i < PACKETS_PER_TURN; i++) {
      packet.clear();
      SocketAddress source = channel.receive(packet);
      if (source == null) {
        return;
      }
      udpRequests.increment();
      CompletableFuture<ByteBuffer> reply = udpReplies.reply(packet.flip(), PeerAddress.of((InetSocketAddress) source));
      if (reply == null) {
        continue;
      }
      if (reply.isDone()) {
        send(channel, reply.join(), source);
      } else if (pendingPackets.incrementAndGet() <= MAX_PENDING_PACKETS) {
        var unused = reply.whenComplete(
            (bytes, failure) -> {
              pendingPackets.decrementAndGet();
              if (failure == null) {
                later(() -> send(channel, bytes, source));
              }
            });
      } else {
        pendingPackets.decrementAndGet(); // the client will ask again
      }
    }
  }

  private static void send(DatagramChannel channel, ByteBuffer reply, SocketAddress target) {
    try {
      channel.send(reply, target);
    } catch (IOException | RuntimeException e) { // port 0, for one, is refused with the latter
      LOG.debug("No reply to {}: {}", target, e.toString());
    }
  }

  private static void listen(NetworkChannel channel, InetSocketAddress address, String scheme) throws IOException {
    try {
      if (address.isUnresolved()) {
        throw new BindException("unknown host");
      }
      if (channel instanceof ServerSocketChannel server) {
        server.configureBlocking(false);
        server.bind(address, ACCEPT_BACKLOG);
      } else if (channel instanceof DatagramChannel datagrams) {
        datagrams.configureBlocking(false);
        datagrams.bind(address);
      }
    } catch (IOException e) {
      BindException named =
          new BindException(
              "cannot listen on " + scheme + " " + address.getHostString() + ":" + address.getPort()
                  + ": " + e.getMessage());
      named.initCause(e);
      throw named;
    }
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      LOG.debug("Closing: {}", e.toString());
    }
  }

  /** Settings of a {@link TrackerServer}. */
  public static final class Builder {
    private final Tracker tracker;
    private @Nullable InetSocketAddress http;
    private @Nullable InetSocketAddress udp;
    private @Nullable AccessToken token;
    private int maxConnections = Limits.defaults().maxTrackerConnections();
    private Duration timeout = Limits.defaults().trackerRequestTimeout();

    private Builder(Tracker tracker) {
      this.tracker = tracker;
    }

    /** Listens for HTTP here; port 0 takes a free one. */
    public Builder http(InetSocketAddress address) {
      http = address;
      return this;
    }

    /** Listens for UDP here; port 0 takes a free one. */
    public Builder udp(InetSocketAddress address) {
      udp = address;
      return this;
    }

    /**
     * Serves only those who have the announce URL {@code http://HOST:PORT/TOKEN/announce} or
     * {@code udp://HOST:PORT/TOKEN/announce}; others are told that a token is needed. Over UDP it travels with the
     * announce (BEP 41) and a scrape cannot carry it, so that is refused. By default anyone is served.
     *
     * @param secret 1 to 64 letters, digits and {@code - . _ ~}; whoever sees the traffic can read it
     */
    public Builder token(String secret) {
      token = new AccessToken(secret);
      return this;
    }

    /** HTTP connections at a time, 10,000 by default; further ones wait to be accepted. */
    public Builder maxConnections(int most) {
      if (most <= 0) {
        throw new IllegalArgumentException("maxConnections must be positive: " + most);
      }
      maxConnections = most;
      return this;
    }

    /** Takes the number of connections and the timeout from here; what is named after it counts. */
    public Builder limits(Limits limits) {
      maxConnections = limits.maxTrackerConnections();
      timeout = limits.trackerRequestTimeout();
      return this;
    }

    /** Within which a request must have arrived, its answer be there, and its reply be taken; 15 s by default. */
    public Builder timeout(Duration perStep) {
      if (perStep.isNegative() || perStep.isZero()) {
        throw new IllegalArgumentException("timeout must be positive: " + perStep);
      }
      timeout = perStep;
      return this;
    }

    /**
     * Opens the sockets and starts serving.
     *
     * @throws BindException naming the address that cannot be had
     */
    public TrackerServer build() throws IOException {
      if (http == null && udp == null) {
        throw new IllegalArgumentException("a tracker server listens on http, udp or both");
      }
      TrackerServer server = new TrackerServer(this);
      server.thread.start();
      return server;
    }
  }
}
