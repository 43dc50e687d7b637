package io.minibit.cli;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Watches a swarm on a terminal: a {@link SwarmView} that is drawn over itself a few times a second. At the end the last
 * picture stays between the other output.
 */
final class SwarmLiveView implements SwarmWatcher, AutoCloseable {
  /** Often enough to see pieces arrive, rare enough to read numbers. */
  private static final Duration INTERVAL = Duration.ofMillis(250);

  /** Whatever the encoding of the output can say of these is drawn with them. */
  private static final String BLOCKS = "\u2588\u2593\u2592\u2591\u00b7\u2581\u2026";

  private final Session session;
  private final LiveScreen screen;
  private final TerminalSize size;
  private final boolean color;
  private final boolean unicode;
  private @Nullable SwarmSnapshot last;

  /**
   * Draws nothing yet.
   *
   * @param color whether to use colours
   * @param unicode whether to use block characters
   */
  SwarmLiveView(Session session, Terminal terminal, boolean color, boolean unicode) {
    this.session = session;
    screen = new LiveScreen(session.out());
    size = new TerminalSize(terminal);
    this.color = color;
    this.unicode = unicode;
  }

  /** Whether the standard output can say block characters. */
  static boolean outputHasBlocks() {
    String encoding = System.getProperty("stdout.encoding", Charset.defaultCharset().name());
    Charset charset = Charset.forName(encoding);
    return charset.canEncode() && charset.newEncoder().canEncode(BLOCKS);
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public void watch(SwarmSnapshot snapshot) {
    last = snapshot;
    screen.draw(picture(snapshot));
  }

  private List<String> picture(SwarmSnapshot snapshot) {
    Terminal now = size.now();
    return SwarmView.lines(snapshot, new SwarmView.Canvas(now.columns(), now.rows(), color, unicode));
  }

  /** Leaves the last picture behind. */
  @Override
  public void close() {
    screen.close();
    size.close();
    if (last != null) {
      picture(last).forEach(session::print);
      last = null;
    }
  }
}
