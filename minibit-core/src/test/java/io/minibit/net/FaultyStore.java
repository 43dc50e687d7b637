package io.minibit.net;

import io.minibit.store.PieceStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/** A store whose disk fails when a test says so. */
class FaultyStore implements PieceStore {
  private final PieceStore healthy;
  volatile String claimedFault;
  volatile String writeFault;
  volatile String readFault;
  volatile long delayMillis;
  volatile boolean closed;
  volatile boolean usedAfterClose;

  FaultyStore(PieceStore healthy) {
    this.healthy = healthy;
  }

  private void fail(String fault) throws IOException {
    if (delayMillis > 0) {
      Loopback.pause(delayMillis);
    }
    if (closed) {
      usedAfterClose = true;
      throw new IllegalStateException("used after it was closed");
    }
    if (fault != null) {
      throw new IOException(fault);
    }
  }

  @Override
  public BitSet claimed() throws IOException {
    fail(claimedFault);
    return healthy.claimed();
  }

  @Override
  public void write(int piece, ByteBuffer[] data) throws IOException {
    fail(writeFault);
    healthy.write(piece, data);
  }

  @Override
  public void read(int piece, int begin, ByteBuffer target) throws IOException {
    fail(readFault);
    healthy.read(piece, begin, target);
  }

  @Override
  public String fingerprint() throws IOException {
    return healthy.fingerprint();
  }

  @Override
  public void flush() throws IOException {
    healthy.flush();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    healthy.close();
  }
}
