package io.minibit.cli;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/**
 * A picture of at most 256 colours as PNG (ISO/IEC 15948): the smallest form of a heat map with many cells that every
 * browser shows.
 */
final class PalettePng {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int BITS = 8;
  private static final int BY_PALETTE = 3;

  private final int width;
  private final byte[][] rows;

  /** A picture whose pixels all have colour 0. */
  PalettePng(int width, int height) {
    this.width = width;
    rows = new byte[height][width + 1]; // a row begins with its filter: none
  }

  /** Row 0 is at the top. */
  void set(int x, int y, int color) {
    rows[y][x + 1] = (byte) color;
  }

  /**
   * The picture as a {@code data:} address.
   *
   * @param palette alpha, red, green and blue in a byte each
   */
  String dataUri(int[] palette) {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    ByteArrayOutputStream colors = new ByteArrayOutputStream();
    ByteArrayOutputStream alphas = new ByteArrayOutputStream();
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    try (DataOutputStream header = new DataOutputStream(head);
        DataOutputStream out = new DataOutputStream(png)) {
      header.writeInt(width);
      header.writeInt(rows.length);
      header.write(new byte[] {BITS, BY_PALETTE, 0, 0, 0});
      for (int color : palette) {
        colors.write(color >> 16);
        colors.write(color >> 8);
        colors.write(color);
        alphas.write(color >>> 24);
      }
      try (DeflaterOutputStream deflated = new DeflaterOutputStream(pixels)) {
        for (byte[] row : rows) {
          deflated.write(row);
        }
      }
      out.write(SIGNATURE);
      chunk(out, "IHDR", head);
      chunk(out, "PLTE", colors);
      chunk(out, "tRNS", alphas);
      chunk(out, "IDAT", pixels);
      chunk(out, "IEND", new ByteArrayOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException("in memory", e);
    }
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png.toByteArray());
  }

  private static void chunk(DataOutputStream out, String type, ByteArrayOutputStream content) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 check = new CRC32();
    check.update(name);
    check.update(content.toByteArray());
    out.writeInt(content.size());
    out.write(name);
    content.writeTo(out);
    out.writeInt((int) check.getValue());
  }
}
