package consumer;

import io.minibit.bencode.Bencode;
import io.minibit.model.PeerId;
import io.minibit.model.SeededRandom;
import java.nio.charset.StandardCharsets;

/** Uses the library and says whether that happened on the module path. */
final class Consumer {
  private Consumer() {}

  public static void main(String[] args) {
    PeerId id = PeerId.random(new SeededRandom(1));
    Object value = Bencode.decode("li7e4:spame".getBytes(StandardCharsets.US_ASCII));
    System.out.println((PeerId.class.getModule().isNamed() ? "module path: " : "class path: ") + id + " " + value);
  }
}
