package io.minibit.store;

import java.nio.channels.FileChannel;

/**
 * A range of an open file. The channel belongs to the store: read it at positions of your own, and do not close it.
 *
 * @param position of the first byte in the file
 * @param length in bytes
 */
public record FileSlice(FileChannel channel, long position, long length) {}
