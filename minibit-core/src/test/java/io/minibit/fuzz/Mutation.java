package io.minibit.fuzz;

import io.minibit.model.SeededRandom;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/** Makes inputs out of others, blindly: for the ordinary build, which must be short and always the same. */
final class Mutation {
  /** What parsers trip over: signs, ends of ranges, delimiters. */
  private static final byte[] TELLING = {
    0, -1, 127, -128, 1, 2, '0', '9', '-', ':', 'e', 'i', 'l', 'd', '%', '&', '=', '/', '\r', '\n', ' ', '[', ']', '.'
  };

  private final SeededRandom random;
  private final List<byte[]> inputs;

  Mutation(long seed, List<byte[]> inputs) {
    random = new SeededRandom(seed);
    this.inputs = inputs;
  }

  byte[] next() {
    byte[] input = inputs.get(random.nextInt(inputs.size())).clone();
    for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
      input = change(input);
    }
    return input;
  }

  private byte[] change(byte[] input) {
    int at = random.nextInt(input.length + 1);
    int length = Math.min(input.length - at, 1 + random.nextInt(1 + random.nextInt(32)));
    return switch (random.nextInt(8)) {
      case 0 -> splice(input, at, at + length, new byte[0]);
      case 1 -> splice(input, at, at, Arrays.copyOfRange(input, at, at + length));
      case 2 -> {
        byte[] noise = new byte[1 + random.nextInt(8)];
        random.nextBytes(noise);
        yield splice(input, at, at, noise);
      }
      case 3 -> {
        byte[] other = inputs.get(random.nextInt(inputs.size()));
        int from = random.nextInt(other.length + 1);
        yield splice(input, at, at + length, Arrays.copyOfRange(other, from, other.length));
      }
      case 4 -> Arrays.copyOf(input, at);
      default -> {
        if (at < input.length) {
          byte telling = TELLING[random.nextInt(TELLING.length)];
          input[at] = random.nextInt(2) == 0 ? telling : (byte) (input[at] ^ (1 << random.nextInt(8)));
        }
        yield input;
      }
    };
  }

  private static byte[] splice(byte[] input, int from, int to, byte[] instead) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(input, 0, from);
    out.writeBytes(instead);
    out.write(input, to, input.length - to);
    return out.toByteArray();
  }
}
