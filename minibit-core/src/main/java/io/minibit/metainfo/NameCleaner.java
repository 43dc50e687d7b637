package io.minibit.metainfo;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Makes one path element that a stranger chose safe to use as a file name, on every system alike: what a torrent is
 * called must not depend on who opens it. Only what Windows cannot store at all is replaced there alone, because
 * elsewhere files with such names exist and are shared.
 */
final class NameCleaner {
  /** Common file systems take 255 bytes; the rest is room for what others append, such as ".part" or " (1)". */
  static final int MAX_BYTES = 240;

  /** Stands for a name of which nothing usable is left. */
  static final String PLACEHOLDER = "_";

  /** A longer "extension" is part of the name. */
  private static final int MAX_EXTENSION_BYTES = 32;

  private static final Pattern DEVICE =
      Pattern.compile("(CON|PRN|AUX|NUL|CLOCK\\$|CONIN\\$|CONOUT\\$|(COM|LPT)[0-9¹²³])", Pattern.CASE_INSENSITIVE);

  /** Where notes about content are kept beside it, which no content may forge. */
  private static final String RESERVED = ".minibit";

  private NameCleaner() {}

  /** The text of raw bytes; each malformed piece of UTF-8 becomes '_'. */
  static String decode(byte[] raw) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE)
          .replaceWith(PLACEHOLDER)
          .decode(ByteBuffer.wrap(raw))
          .toString();
    } catch (CharacterCodingException e) {
      throw new AssertionError("a replacing decoder does not fail", e);
    }
  }

  /** Whether there is nothing in it but what {@link #clean} always drops: control characters and the like. */
  static boolean isBlank(String name) {
    return name.codePoints().allMatch(NameCleaner::isInvisible);
  }

  /** A safe file name made of this one; {@link #PLACEHOLDER} if nothing of it can be used. Never empty. */
  static String clean(String name) {
    return clean(name, File.separatorChar == '\\');
  }

  static String clean(String name, boolean forWindows) {
    StringBuilder kept = new StringBuilder(Math.min(name.length(), 4 * MAX_BYTES));
    name.codePoints()
        .filter(c -> c != '/' && c != '\\' && !isInvisible(c))
        .map(c -> forWindows && ":*?\"<>|".indexOf(c) >= 0 ? '_' : c)
        .forEach(kept::appendCodePoint);
    String result = stripEnd(kept.toString());
    if (isDevice(result) || result.equalsIgnoreCase(RESERVED)) {
      result = PLACEHOLDER + result;
    }
    result = shorten(result, "");
    return result.isEmpty() ? PLACEHOLDER : result;
  }

  /** The name with a suffix before its extension ("a.1.txt"), again no longer than {@link #MAX_BYTES}. */
  static String withSuffix(String cleanName, String suffix) {
    return shorten(cleanName, suffix);
  }

  /** Control and bidirectional formatting characters, line separators, and what is no character at all. */
  private static boolean isInvisible(int c) {
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.SURROGATE
        || c == 0x061c
        || c == 0x200e
        || c == 0x200f
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069)
        || c == 0xfeff
        || (c & 0xfffe) == 0xfffe;
  }

  /** Whether Windows sees a device in it, as it does in "nul.txt" and "nul .txt", whatever spaces are around. */
  private static boolean isDevice(String name) {
    int dot = name.indexOf('.');
    return DEVICE.matcher(dot < 0 ? name.strip() : name.substring(0, dot).strip()).matches();
  }

  /** Windows drops dots and spaces at the end, so that "a." and "a" would be one file. */
  private static String stripEnd(String name) {
    int end = name.length();
    while (end > 0 && (name.charAt(end - 1) == '.' || Character.isWhitespace(name.charAt(end - 1)))) {
      end--;
    }
    return name.substring(0, end);
  }

  private static String shorten(String name, String suffix) {
    int dot = name.lastIndexOf('.');
    boolean hasExtension = dot > 0 && utf8Length(name, dot, name.length()) <= MAX_EXTENSION_BYTES;
    String extension = hasExtension ? name.substring(dot) : "";
    int room = MAX_BYTES - utf8Length(extension, 0, extension.length()) - suffix.length();
    int stem = hasExtension ? dot : name.length();
    if (utf8Length(name, 0, stem) <= room) {
      return name.substring(0, stem) + suffix + extension;
    }
    int bytes = 0;
    int end = 0;
    while (true) {
      int c = name.codePointAt(end);
      bytes += utf8Length(c);
      if (bytes > room) {
        break;
      }
      end += Character.charCount(c);
    }
    return stripEnd(name.substring(0, end)) + suffix + extension;
  }

  private static int utf8Length(String text, int from, int to) {
    int bytes = 0;
    for (int i = from; i < to; ) {
      int c = text.codePointAt(i);
      bytes += utf8Length(c);
      i += Character.charCount(c);
    }
    return bytes;
  }

  private static int utf8Length(int codePoint) {
    if (codePoint < 0x80) {
      return 1;
    }
    if (codePoint < 0x800) {
      return 2;
    }
    return codePoint < 0x10000 ? 3 : 4;
  }

  /** Equal for names that some file system takes for the same: in other case or other composition. */
  static String fold(String name) {
    boolean ascii = name.chars().allMatch(c -> c < 0x80);
    return ascii
        ? name.toLowerCase(Locale.ROOT)
        : Normalizer.normalize(
            Normalizer.normalize(name, Normalizer.Form.NFD)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT),
            Normalizer.Form.NFD);
  }
}
