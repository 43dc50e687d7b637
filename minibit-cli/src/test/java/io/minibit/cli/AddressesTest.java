package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:6881, 127.0.0.1:6881",
    "[::1]:1, [0:0:0:0:0:0:0:1]:1",
    "tracker.example:80, tracker.example:80",
    ":6881, port 6881",
    "6881, port 6881",
    "0.0.0.0:7, port 7",
    "[::]:7, port 7",
  })
  void addressesAreReadAndWritten(String text, String shown) {
    assertEquals(shown, Addresses.format(Addresses.parse(text)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:6881", "[::1]", "[zz]:1", "a b:1",
        "256.1.1.1:1", "1.2.3:1", "http://x:1", "x:1/"
      })
  void everythingElseIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Addresses.parse(text));
  }

  @Test
  void namesAreNotLookedUp() {
    InetSocketAddress address = Addresses.parse("no.such.invalid:1");

    assertTrue(address.isUnresolved());
  }
}
