package io.minibit.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether and where a swarm is shown as a page. */
final class PageOptions {
  @Option(
      names = "--web",
      arity = "0..1",
      paramLabel = "HOST:PORT",
      converter = WebAddress.Converter.class,
      preprocessor = WebAddress.OnlyAttached.class,
      description =
          "Show it as a page in a browser on this machine, at a free port or at the given loopback address; the page stays "
              + "until Ctrl-C.")
  private @Nullable InetSocketAddress web;

  @Option(
      names = "--web-for",
      paramLabel = "DURATION",
      converter = Durations.Converter.class,
      description = "With --web: end by itself so long after the swarm has ended.")
  private @Nullable Duration webFor;

  private @Nullable SwarmPage page;

  /** Ends what makes no sense. */
  void check() {
    if (webFor != null && web == null) {
      throw CommandException.misused("--web-for says how long the page of --web stays; give --web too");
    }
  }

  boolean isAskedFor() {
    return web != null;
  }

  /** Serves the page and says where, if it is asked for. */
  void open(PageState state, Session session) throws IOException {
    if (web != null) {
      page = SwarmPage.open(web, state);
      session.print("watch it at " + page.url());
    }
  }

  /** Ends the page: when nobody is to see it any more if the swarm has come to its end, now otherwise. */
  void close(PageState state, Session session) {
    if (page == null) {
      return;
    }
    try (SwarmPage shown = page) {
      if (state.hasEnded() && !session.stop().isRequested()) {
        session.print("the page stays at " + shown.url() + (webFor == null ? " until Ctrl-C" : ""));
        session.stop().await(new CompletableFuture<>(), webFor == null ? Long.MAX_VALUE : webFor.toMillis());
      }
    }
  }
}
