package io.minibit.tracker;

import io.minibit.model.MiniBitException;
import io.minibit.model.PeerAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One client of a {@link TrackerServer} over HTTP/1.0 or 1.1: reads a request, has it answered, writes the reply, and
 * begins again if the client keeps the connection. Lives on the server's thread.
 */
final class HttpConnection {
  /** What a request line with headers may take; 74 escaped hashes are 5.3 KiB. */
  static final int MAX_REQUEST = 8 << 10;

  private static final byte[] NOTHING = new byte[0];
  private static final ByteBuffer WRITTEN = ByteBuffer.allocate(0);

  private final TrackerServer server;
  private final SocketChannel channel;
  private final PeerAddress remote;
  private final Duration timeout;
  private @Nullable SelectionKey key; // null until it must wait for something

  private byte[] kept = NOTHING; // the begin of a request, or pipelined ones
  private int scanned; // no end of a request in what is kept before this
  private ByteBuffer output = WRITTEN; // of a reply, what the socket did not take
  private int request; // number of the request being answered, to recognise late answers
  private boolean answering;
  private boolean closing; // after what is being written
  private boolean draining; // all is written; wait for the client to hang up
  private boolean closed;
  private boolean delayless;
  private long deadline;

  HttpConnection(TrackerServer server, SocketChannel channel, PeerAddress remote, Duration timeout) {
    this.server = server;
    this.channel = channel;
    this.remote = remote;
    this.timeout = timeout;
    restartDeadline();
  }

  /** What all connections of a server share, on its thread: each uses it for one step only. */
  static final class Workbench {
    final ByteBuffer input = ByteBuffer.allocateDirect(MAX_REQUEST);
    final byte[] requests = new byte[MAX_REQUEST];
    final HttpHead head = new HttpHead();
    final HttpReplies replies = new HttpReplies();
    final WrittenAnswer answer;

    Workbench(WrittenAnswer answer) {
      this.answer = answer;
    }
  }

  /** A whole request, its answer and its reply must each come in time; trickling bytes do not help. */
  boolean isLate(long now) {
    return now - deadline > 0;
  }

  /** To be called at first, too: a request that is there already is answered without a selector having to know. */
  void onReadable() throws IOException {
    Workbench bench = server.bench();
    ByteBuffer input = bench.input.clear();
    if (draining) {
      if (channel.read(input) < 0) {
        server.close(this);
      }
      return;
    }
    input.limit(MAX_REQUEST - kept.length);
    int count = channel.read(input);
    if (count < 0) {
      server.close(this);
      return;
    }
    System.arraycopy(kept, 0, bench.requests, 0, kept.length);
    input.flip().get(bench.requests, kept.length, count);
    proceed(kept.length + count);
  }

  void onWritable() throws IOException {
    channel.write(output);
    if (!output.hasRemaining()) {
      written();
    }
    proceed();
  }

  SocketChannel channel() {
    return channel;
  }

  /** Whether this is the first to say so. */
  boolean markClosed() {
    boolean first = !closed;
    closed = true;
    return first;
  }

  /** Goes on with what was kept. */
  private void proceed() throws IOException {
    System.arraycopy(kept, 0, server.bench().requests, 0, kept.length);
    proceed(kept.length);
  }

  /**
   * Answers the requests on the bench, as far as they are complete.
   *
   * @param length of all that has come and is not answered
   */
  private void proceed(int length) throws IOException {
    byte[] requests = server.bench().requests;
    int from = 0;
    while (!answering && !closing && !output.hasRemaining()) {
      int end = HttpHead.end(requests, from + scanned, length);
      if (end < 0) {
        scanned = Math.max(0, length - from - 2);
        if (length - from == MAX_REQUEST) {
          refuse("431 Request Header Fields Too Large", "request too long\n");
        }
        break;
      }
      scanned = 0;
      begin(requests, from, end);
      from = end;
    }
    if (closed) {
      return;
    }
    kept = from == length || closing ? NOTHING : Arrays.copyOfRange(requests, from, length);
    int interest = output.hasRemaining() ? SelectionKey.OP_WRITE : answering ? 0 : SelectionKey.OP_READ;
    if (key == null) {
      key = server.register(this, interest);
    } else if (key.interestOps() != interest) {
      key.interestOps(interest);
    }
  }

  private void begin(byte[] source, int from, int end) throws IOException {
    HttpHead head = server.bench().head;
    HttpHead.Refusal refusal = head.read(source, from, end);
    if (refusal != null) {
      refuse(refusal.status(), refusal.text());
      return;
    }
    int query = HttpHead.find('?', source, head.targetFrom(), head.targetTo());
    int name = query;
    while (name > head.targetFrom() && source[name - 1] != '/') {
      name--;
    }
    server.countHttpRequest();
    AccessToken token = server.token();
    if (token != null && !token.opens(source, head.targetFrom(), name)) {
      reply(server.bench().replies.failure(AccessToken.REFUSAL, head.keepAlive()), head.keepAlive());
      return;
    }
    answer(source, name, query, head.targetTo(), head.keepAlive());
  }

  private void answer(byte[] source, int name, int query, int to, boolean keepAlive) throws IOException {
    HttpReplies replies = server.bench().replies;
    int from = Math.min(query + 1, to);
    try {
      switch (HttpHead.ascii(source, name, query)) {
        case "announce" -> announce(HttpQuery.parse(source, from, to), keepAlive);
        case "scrape" -> {
          HttpQuery asked = HttpQuery.parse(source, from, to);
          if (asked.torrents().isEmpty()) {
            throw new MiniBitException("a scrape names its torrents: info_hash is missing");
          }
          expect(
              server.tracker().scrape(asked.torrents()), keepAlive, given -> replies.scrape(given, keepAlive));
        }
        case "", "stats" -> reply(replies.text("200 OK", server.statusPage(), keepAlive), keepAlive);
        default -> reply(replies.text("404 Not Found", "announce and scrape are here\n", keepAlive), keepAlive);
      }
    } catch (MiniBitException e) {
      reply(replies.failure(TrackerServer.reason(e), keepAlive), keepAlive);
    }
  }

  private void announce(HttpQuery query, boolean keepAlive) throws IOException {
    AnnounceRequest announce = query.announce(remote);
    WrittenAnswer.Form form = query.form();
    Workbench bench = server.bench();
    if (server.tracker() instanceof MemoryTracker memory) {
      reply(bench.replies.announce(memory.answer(announce, bench.answer.in(form)), keepAlive), keepAlive);
    } else {
      expect(
          server.tracker().announce(announce),
          keepAlive,
          given -> bench.replies.announce(bench.answer.in(form).answer(given), keepAlive));
    }
  }

  private <T> void expect(CompletableFuture<T> answer, boolean keepAlive, Function<T, ReplyBuffer> writer) throws IOException {
    int number = ++request;
    answering = true;
    restartDeadline();
    BiConsumer<T, Throwable> finish =
        (given, failure) -> {
          if (!answering || number != request || !channel.isOpen()) {
            return; // too late: the connection has gone on
          }
          answering = false;
          try {
            reply(
                failure == null
                    ? writer.apply(given)
                    : server.bench().replies.failure(TrackerServer.reason(failure), keepAlive),
                keepAlive);
          } catch (IOException e) {
            server.close(this);
          }
        };
    if (answer.isDone()) {
      var unused = answer.whenComplete(finish);
      return;
    }
    var unused = answer.whenComplete(
        (given, failure) ->
            server.later(
                () -> {
                  finish.accept(given, failure);
                  if (channel.isOpen()) {
                    proceed();
                  }
                },
                this));
  }

  private void refuse(String status, String text) throws IOException {
    draining = true;
    reply(server.bench().replies.text(status, text, false), false);
  }

  private void reply(ReplyBuffer reply, boolean keepAlive) throws IOException {
    closing |= !keepAlive;
    if (keepAlive && !delayless) {
      // The next reply must not wait until this one is acknowledged; where there is no next one it does not matter.
      channel.socket().setTcpNoDelay(true);
      delayless = true;
    }
    restartDeadline();
    ByteBuffer bytes = reply.finished();
    channel.write(bytes);
    if (bytes.hasRemaining()) {
      output = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    } else {
      written();
    }
  }

  private void written() throws IOException {
    output = WRITTEN;
    if (closing && draining) {
      // Closing with unread input would reset the connection, and the client might never see the reply.
      channel.shutdownOutput();
    } else if (closing) {
      server.close(this);
    }
  }

  private void restartDeadline() {
    deadline = System.nanoTime() + timeout.toNanos();
  }
}
