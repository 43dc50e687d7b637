package io.minibit.net;

import io.minibit.Peer;
import io.minibit.model.Limits;
import io.minibit.model.SeededRandom;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.tracker.Tracker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A peer over java.nio channels. */
public abstract class NetPeer implements Peer {
  /** What a {@link io.minibit.PeerBuilder} was told. */
  public record Settings(
      InetSocketAddress listen,
      Supplier<? extends PieceSelectionStrategy> selection,
      Supplier<? extends ChokingStrategy> choking,
      @Nullable Tracker tracker,
      @Nullable String group,
      long uploadRate,
      long downloadRate,
      Limits limits,
      @Nullable Executor callbackExecutor,
      SeededRandom random) {}

  /** Opens the port and starts the peer. */
  public static Peer open(Settings settings) throws IOException {
    if (settings.group() == null) {
      throw new IOException("not yet: " + settings.listen());
    }
    throw new IOException("not yet");
  }
}
