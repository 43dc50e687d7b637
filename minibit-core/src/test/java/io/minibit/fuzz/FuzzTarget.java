package io.minibit.fuzz;

import java.io.IOException;
import java.util.List;

/**
 * A parser or a state machine that strangers can reach. It is handed any bytes at all and checks itself what must hold
 * for them; whatever it throws is a flaw. The same bytes always do the same.
 */
public interface FuzzTarget extends AutoCloseable {
  /** Takes the bytes; exceptions that are documented for bad input are caught inside. */
  void run(byte[] input) throws Exception;

  /** Inputs to begin with, of which others are made by altering them: mostly valid ones. */
  List<byte[]> seeds() throws Exception;

  /** Gives back what it holds, if it holds anything. */
  @Override
  default void close() throws IOException {}
}
