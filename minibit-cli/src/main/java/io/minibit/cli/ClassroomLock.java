package io.minibit.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Lets one command at a time change a classroom: what {@code start-peers} is about to start could not be found by
 * {@code stop-all} yet. The system releases it when the program ends in whatever way.
 */
final class ClassroomLock implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 10_000;
  private static final long TICK_MILLIS = 50;

  /** What is done alone. */
  @FunctionalInterface
  interface Task {
    void run() throws IOException;
  }

  private final FileChannel channel;

  private ClassroomLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Waits for another command to end, but not long. The directory for the state is made where needed. */
  static ClassroomLock acquire(Classroom classroom, StopSignal stop) throws IOException {
    classroom.makeState();
    long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
    while (true) {
      ClassroomLock lock = tryAcquire(classroom);
      if (lock != null) {
        return lock;
      }
      stop.throwIfRequested();
      if (System.nanoTime() > deadline) {
        throw CommandException.failed("another minibit command is at work in " + classroom.peers() + "; try later");
      }
      stop.await(new CompletableFuture<>(), TICK_MILLIS);
    }
  }

  /** Does something alone. */
  static void whileHeld(Classroom classroom, StopSignal stop, Task task) throws IOException {
    ClassroomLock lock = acquire(classroom, stop);
    try {
      task.run();
    } finally {
      lock.close();
    }
  }

  private static @Nullable ClassroomLock tryAcquire(Classroom classroom) throws IOException {
    Classroom.requirePlain(classroom.lockFile());
    FileChannel channel =
        FileChannel.open(
            classroom.lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    boolean held = false;
    try {
      FileLock lock = channel.tryLock();
      // A cleanup may have removed the file between our opening and our locking it.
      held = lock != null && Files.exists(classroom.lockFile());
    } catch (OverlappingFileLockException e) {
      // By another command in this JVM.
    } finally {
      if (!held) {
        channel.close();
      }
    }
    return held ? new ClassroomLock(channel) : null;
  }

  /** Twice is harmless. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
