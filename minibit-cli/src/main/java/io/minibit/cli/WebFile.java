package io.minibit.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Files for browsers that the program brings along: pages, styles, scripts. */
final class WebFile {
  private WebFile() {}

  /**
   * The text of a file.
   *
   * @throws FileNotFoundException if the program was not built with it
   */
  static String read(String name) throws IOException {
    try (InputStream in = WebFile.class.getResourceAsStream("web/" + name)) {
      if (in == null) {
        throw new FileNotFoundException("web/" + name + " is not in the program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A style of its own on top of what all pages have in common. */
  static String style(String name) throws IOException {
    return read("base.css") + "\n" + read(name);
  }
}
