package io.minibit.tracker;

import io.minibit.model.MiniBitException;
import io.minibit.model.PeerAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * One client of a {@link TrackerServer} over HTTP/1.0 or 1.1: reads a request, has it answered, writes the reply, and
 * begins again if the client keeps the connection. Lives on the server's thread.
 */
final class HttpConnection {
  /** What a request line with headers may take; 74 escaped hashes are 5.3 KiB. */
  private static final int MAX_REQUEST = 8 << 10;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final TrackerServer server;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final PeerAddress remote;
  private final Duration timeout;

  private byte[] input = new byte[1024];
  private int length;
  private int scanned; // no end of a request before this
  private ByteBuffer output = NOTHING;
  private int request; // number of the request being answered, to recognise late answers
  private boolean answering;
  private boolean closing; // after what is being written
  private boolean draining; // all is written; wait for the client to hang up
  private long deadline;

  HttpConnection(TrackerServer server, SocketChannel channel, SelectionKey key, PeerAddress remote, Duration timeout) {
    this.server = server;
    this.channel = channel;
    this.key = key;
    this.remote = remote;
    this.timeout = timeout;
    restartDeadline();
  }

  /** A whole request, its answer and its reply must each come in time; trickling bytes do not help. */
  boolean isLate(long now) {
    return now - deadline > 0;
  }

  void onReadable() throws IOException {
    if (draining) {
      if (channel.read(ByteBuffer.wrap(input)) < 0) {
        server.close(this);
      }
      return;
    }
    if (length == input.length) {
      input = Arrays.copyOf(input, Math.min(MAX_REQUEST, 2 * input.length));
    }
    int count = channel.read(ByteBuffer.wrap(input, length, input.length - length));
    if (count < 0) {
      server.close(this);
      return;
    }
    length += count;
    proceed();
  }

  void onWritable() throws IOException {
    write();
    proceed();
  }

  SocketChannel channel() {
    return channel;
  }

  SelectionKey key() {
    return key;
  }

  private void proceed() throws IOException {
    while (!answering && !closing && !output.hasRemaining()) {
      int end = endOfHead();
      if (end < 0) {
        if (length == MAX_REQUEST) {
          refuse("431 Request Header Fields Too Large", "request too long\n");
        }
        break;
      }
      begin(end);
    }
    if (key.isValid()) {
      int interest = output.hasRemaining() ? SelectionKey.OP_WRITE : answering ? 0 : SelectionKey.OP_READ;
      if (key.interestOps() != interest) {
        key.interestOps(interest);
      }
    }
  }

  /** Where the empty line after the headers ends; -1 if it is not there yet. */
  private int endOfHead() {
    for (int at = scanned; at < length; at++) {
      if (input[at] == '\n') {
        if (at + 1 < length && input[at + 1] == '\n') {
          return at + 2;
        }
        if (at + 2 < length && input[at + 1] == '\r' && input[at + 2] == '\n') {
          return at + 3;
        }
      }
    }
    scanned = Math.max(0, length - 2);
    return -1;
  }

  private void begin(int end) throws IOException {
    int line = 0;
    while (input[line] != '\n') {
      line++;
    }
    int lineEnd = line > 0 && input[line - 1] == '\r' ? line - 1 : line;
    int methodEnd = find(' ', 0, lineEnd);
    int targetEnd = find(' ', methodEnd + 1, lineEnd);
    String version = targetEnd < lineEnd ? ascii(targetEnd + 1, lineEnd) : "";
    if (!version.startsWith("HTTP/1.")) {
      refuse("400 Bad Request", "not an HTTP/1 request\n");
      return;
    }
    String headers = ascii(line, end).toLowerCase(Locale.ROOT);
    boolean keepAlive =
        version.equals("HTTP/1.0")
            ? headers.contains("\nconnection: keep-alive")
            : !headers.contains("\nconnection: close");
    if (headers.contains("\ntransfer-encoding:")
        || (headers.contains("\ncontent-length:") && !headers.contains("\ncontent-length: 0\r"))) {
      refuse("413 Content Too Large", "a request to a tracker has no body\n");
      return;
    }
    if (!ascii(0, methodEnd).equals("GET")) {
      refuse("405 Method Not Allowed", "a tracker is asked with GET\n");
      return;
    }
    int query = find('?', methodEnd + 1, targetEnd);
    String path = ascii(methodEnd + 1, query);
    answer(path, Math.min(query + 1, targetEnd), targetEnd, keepAlive);
    // Whatever came behind the request is the next one.
    System.arraycopy(input, end, input, 0, length - end);
    length -= end;
    scanned = 0;
  }

  private void answer(String path, int from, int to, boolean keepAlive) throws IOException {
    HttpReplies replies = server.replies();
    String name = path.substring(path.lastIndexOf('/') + 1);
    server.countHttpRequest();
    try {
      switch (name) {
        case "announce" -> {
          HttpQuery query = HttpQuery.parse(input, from, to);
          expect(
              server.tracker().announce(query.announce(remote)),
              keepAlive,
              given -> replies.announce(given, query.compact(), query.withoutPeerId(), keepAlive));
        }
        case "scrape" -> {
          HttpQuery query = HttpQuery.parse(input, from, to);
          if (query.torrents().isEmpty()) {
            throw new MiniBitException("a scrape names its torrents: info_hash is missing");
          }
          expect(
              server.tracker().scrape(query.torrents()), keepAlive, given -> replies.scrape(given, keepAlive));
        }
        case "", "stats" -> reply(replies.text("200 OK", server.statusPage(), keepAlive), keepAlive);
        default -> reply(replies.text("404 Not Found", "announce and scrape are here\n", keepAlive), keepAlive);
      }
    } catch (MiniBitException e) {
      reply(replies.failure(TrackerServer.reason(e), keepAlive), keepAlive);
    }
  }

  private interface Writer<T> {
    byte[] write(T answer);
  }

  private <T> void expect(CompletableFuture<T> answer, boolean keepAlive, Writer<T> writer) throws IOException {
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
                    ? writer.write(given)
                    : server.replies().failure(TrackerServer.reason(failure), keepAlive),
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
    closing = true;
    length = 0;
    draining = true;
    reply(server.replies().text(status, text, false), false);
  }

  private void reply(byte[] reply, boolean keepAlive) throws IOException {
    output = ByteBuffer.wrap(reply);
    closing |= !keepAlive;
    restartDeadline();
    write();
  }

  private void write() throws IOException {
    channel.write(output);
    if (!output.hasRemaining() && closing) {
      if (draining) {
        // Closing with unread input would reset the connection, and the client might never see the reply.
        channel.shutdownOutput();
      } else {
        server.close(this);
      }
    }
  }

  private void restartDeadline() {
    deadline = System.nanoTime() + timeout.toNanos();
  }

  private int find(char wanted, int from, int to) {
    int at = Math.min(from, to);
    while (at < to && input[at] != wanted) {
      at++;
    }
    return at;
  }

  private String ascii(int from, int to) {
    return new String(input, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
