/**
 * A BitTorrent engine that a program can embed, steer and simulate. The packages {@code net}, {@code engine} and
 * {@code wire} are internal.
 */
module io.minibit {
  requires org.apache.commons.io;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.minibit;
  exports io.minibit.bencode;
  exports io.minibit.metainfo;
  exports io.minibit.model;
  exports io.minibit.sim;
  exports io.minibit.store;
  exports io.minibit.strategy;
  exports io.minibit.tracker;
}
