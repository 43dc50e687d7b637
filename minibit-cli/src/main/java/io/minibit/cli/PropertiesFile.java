package io.minibit.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;

/** A small file of names and values that only its owner can read and that is there with its whole content or not at all. */
final class PropertiesFile {
  /** Ours have a few hundred bytes; a name has at most 255 characters, each up to six bytes long when escaped. */
  private static final int MOST_BYTES = 16 << 10;

  private final Path file;
  private final Properties properties;

  private PropertiesFile(Path file, Properties properties) {
    this.file = file;
    this.properties = properties;
  }

  static void write(Path file, Properties properties) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    properties.store(bytes, null);
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.deleteIfExists(temporary);
    Files.createFile(temporary, Classroom.ownerOnly("rw-------"));
    Files.write(temporary, bytes.toByteArray());
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  static PropertiesFile read(Path file) throws IOException {
    Classroom.requirePlain(file);
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      bytes = in.readNBytes(MOST_BYTES);
    }
    PropertiesFile read = new PropertiesFile(file, new Properties());
    try {
      read.properties.load(new StringReader(new String(bytes, StandardCharsets.ISO_8859_1)));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is malformed: " + e.getMessage(), e);
    }
    return read;
  }

  String text(String name) throws IOException {
    String value = properties.getProperty(name);
    if (value == null) {
      throw malformed(name);
    }
    return value;
  }

  long number(String name, long least, long most) throws IOException {
    try {
      long value = Long.parseLong(text(name));
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw malformed(name);
  }

  IOException malformed(String name) {
    return new IOException(file + " is malformed: no usable '" + name + "'");
  }
}
