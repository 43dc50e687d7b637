package io.minibit.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;

/**
 * What {@code split} made, so that {@code cleanup} removes that and nothing else.
 *
 * @param name of the file that was split, as the torrent has it
 * @param blocks how many there are
 * @param peers how many there are
 */
record SplitRecord(String name, int blocks, int peers) {
  /** The name of the torrent file. */
  String torrent() {
    return name + ".torrent";
  }

  void write(Path file) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("name", name);
    properties.setProperty("blocks", Integer.toString(blocks));
    properties.setProperty("peers", Integer.toString(peers));
    PropertiesFile.write(file, properties);
  }

  /** Checked, since what it says is going to be deleted. */
  static SplitRecord read(Path file) throws IOException {
    PropertiesFile properties = PropertiesFile.read(file);
    String name = properties.text("name");
    Path asPath = Path.of(name);
    if (asPath.getNameCount() != 1 || asPath.isAbsolute() || name.isEmpty() || name.equals("..") || name.equals(".")) {
      throw properties.malformed("name");
    }
    return new SplitRecord(
        name,
        (int) properties.number("blocks", 1, Integer.MAX_VALUE),
        (int) properties.number("peers", 1, Integer.MAX_VALUE));
  }
}
