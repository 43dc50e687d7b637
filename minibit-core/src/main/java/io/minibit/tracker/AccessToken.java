package io.minibit.tracker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/**
 * What closes a tracker server to those who were not given its announce URL: the first element of that URL's path, as in
 * {@code http://host:6969/TOKEN/announce}. Over UDP a client sends the path with its announce (BEP 41).
 */
final class AccessToken {
  /** What a URL carries without escapes. */
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~-]{1,64}");

  /** What those are told who do not have it. */
  static final String REFUSAL = "this tracker needs the token in its announce URL";

  private final byte[] prefix;

  /**
   * A token.
   *
   * @throws IllegalArgumentException if a URL cannot carry it as it is
   */
  AccessToken(String token) {
    if (!FORM.matcher(token).matches() || token.chars().allMatch(c -> c == '.')) {
      throw new IllegalArgumentException("a token has 1 to 64 letters, digits and - . _ ~");
    }
    prefix = ("/" + token + "/").getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether a path, here in its bytes, begins with it. How long that takes tells nothing about the token. */
  boolean opens(byte[] source, int from, int to) {
    int length = Math.min(prefix.length, to - from);
    byte[] given = new byte[length];
    System.arraycopy(source, from, given, 0, length);
    return MessageDigest.isEqual(prefix, given);
  }
}
