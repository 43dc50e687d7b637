package consumer;

import io.minibit.model.PeerId;
import io.minibit.model.SeededRandom;

/** Uses the library and says whether that happened on the module path. */
final class Consumer {
  private Consumer() {}

  public static void main(String[] args) {
    PeerId id = PeerId.random(new SeededRandom(1));
    System.out.println((PeerId.class.getModule().isNamed() ? "module path: " : "class path: ") + id);
  }
}
