package io.minibit.sim;

/** A digest of everything that arrived anywhere, in order: equal runs have equal digests. Not cryptographic. */
final class TraceHash {
  private long state = 0x6d696e6962697421L;

  void add(long one, long two) {
    long mixed = (state ^ one) * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 29) ^ two) * 0xbf58476d1ce4e5b9L;
    state = mixed ^ (mixed >>> 32);
  }

  long value() {
    return state;
  }
}
