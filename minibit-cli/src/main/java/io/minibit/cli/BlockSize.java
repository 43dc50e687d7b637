package io.minibit.cli;

import io.minibit.model.Limits;

/** How long the blocks are into which a file is cut: what a torrent can have. */
final class BlockSize {
  /** Of the classroom program. */
  static final long CLASSROOM = 1024;

  private BlockSize() {}

  /**
   * The same number if it will do.
   *
   * @param blockSize what the user wants, bytes
   * @param fileSize bytes
   * @throws CommandException that names a workable size if there is one
   */
  static int require(long blockSize, long fileSize) {
    int mostPieces = Limits.defaults().maxPieces();
    int longest = Limits.defaults().maxPieceLength();
    if (blockSize < 1 || blockSize > longest) {
      throw CommandException.misused("--block-size " + blockSize + " is not between 1 and " + longest + " bytes");
    }
    long blocks = fileSize == 0 ? 0 : (fileSize - 1) / blockSize + 1;
    if (blocks > mostPieces) {
      long workable = blockSize;
      while ((fileSize - 1) / workable >= mostPieces) {
        workable *= 2;
      }
      throw CommandException.misused(
          "--block-size " + blockSize + " would make " + blocks + " blocks, but a torrent has at most " + mostPieces
              + "; --block-size " + workable + " would do");
    }
    return Math.toIntExact(blockSize);
  }
}
